//! Templates: an organization's library of bodies. Each version is kept.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use serde::{Deserialize, Serialize};
use shared::actor::Actor;
use shared::body::Format;
use shared::ids::{OrganizationId, TemplateId};
use shared::library::{SavedTemplate, TemplateVersion};
use shared::time::Timestamp;

use super::campaigns::{defaults_row, stored_body};
use super::dynamo::{
    ABSENT, Consistency, Item, Range, SortKey, Transacted, Transaction, Written, item, parse,
    start, text,
};
use super::idempotency::Remember;
use super::{Result, Saved, Table, keys};

/// The position at which a list of templates continues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplatePosition(TemplateId);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    id: TemplateId,
    organization_id: OrganizationId,
    title: String,
    body: String,
    body_format: Format,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    body_defaults: BTreeMap<String, String>,
    version: u32,
    changed_by: Option<Actor>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

const KIND: &str = "a template";

impl Row {
    fn of(template: &SavedTemplate) -> Self {
        Self {
            id: template.id,
            organization_id: template.organization_id,
            title: template.name.clone(),
            body: template.body.as_str().to_owned(),
            body_format: template.body.format(),
            body_defaults: defaults_row(&template.body),
            version: template.version,
            changed_by: template.changed_by.clone(),
            created_at: template.created_at,
            updated_at: template.updated_at,
        }
    }
}

fn read(item: Item) -> Result<SavedTemplate> {
    let row: Row = parse(KIND, item)?;
    Ok(SavedTemplate {
        id: row.id,
        organization_id: row.organization_id,
        name: row.title,
        body: stored_body(row.body, row.body_format, row.body_defaults),
        version: row.version,
        changed_by: row.changed_by,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

impl Table {
    /// The newest version of a template.
    pub async fn template(
        &self,
        organization: OrganizationId,
        id: TemplateId,
    ) -> Result<Option<SavedTemplate>> {
        let key = keys::template(organization, id);
        self.get_item(&key, Consistency::Strong).await?.map(read).transpose()
    }

    /// A version of a template, even of one that was deleted.
    pub async fn template_version(
        &self,
        organization: OrganizationId,
        TemplateVersion { id, version }: TemplateVersion,
    ) -> Result<Option<SavedTemplate>> {
        let key = keys::template_version(organization, id, version);
        self.get_item(&key, Consistency::Strong).await?.map(read).transpose()
    }

    /// Writes a version of a template, which is its newest if the previous one still was.
    pub async fn save_template(
        &self,
        template: &SavedTemplate,
        remember: Option<&Remember>,
    ) -> Result<Saved> {
        let SavedTemplate { organization_id, id, version, .. } = *template;
        let newest = item(KIND, &keys::template(organization_id, id), Row::of(template))?;
        let (condition, values) = if version == 1 {
            (ABSENT, Vec::new())
        } else {
            let before = AttributeValue::N((version - 1).to_string());
            ("version = :before", vec![(":before", before)])
        };
        let key = keys::template_version(organization_id, id, version);
        let transaction = Transaction::default()
            .put_if(newest, condition, values)
            .put_absent(item(KIND, &key, Row::of(template))?);
        let record = transaction.len();
        Ok(match self.transact(transaction.remember(remember)?).await? {
            Transacted::Done => Saved::Done,
            refused if remember.is_some() && refused.is_refused(record) => Saved::Answered,
            Transacted::Refused(_) | Transacted::Conflict => Saved::Stale,
        })
    }

    /// Deletes a template. Its versions are kept. Returns `false` if it doesn't exist.
    pub async fn delete_template(
        &self,
        organization: OrganizationId,
        id: TemplateId,
    ) -> Result<bool> {
        let key = keys::template(organization, id);
        let written = self.remove(&key, "attribute_exists(pk)", Vec::new()).await?;
        Ok(written == Written::Done)
    }

    /// Templates of an organization, newest first.
    pub async fn templates(
        &self,
        organization: OrganizationId,
        limit: i32,
        after: Option<TemplatePosition>,
    ) -> Result<(Vec<SavedTemplate>, Option<TemplatePosition>)> {
        let prefix = SortKey::Prefix(keys::TEMPLATE.to_owned());
        let partition = keys::organization_partition(organization);
        let range = Range {
            limit: Some(limit),
            newest_first: true,
            start: after.map(|TemplatePosition(id)| {
                let key = keys::template(organization, id);
                start(&key.pk, &key.sk)
            }),
            ..Range::new(partition, prefix, Consistency::Strong)
        };
        let page = self.page(&range).await?;
        let next = page.next.and_then(|key| {
            let id = text(&key, "sk")?.strip_prefix(keys::TEMPLATE)?.parse().ok()?;
            Some(TemplatePosition(id))
        });
        let templates = page.items.into_iter().map(read).collect::<Result<_>>()?;
        Ok((templates, next))
    }
}
