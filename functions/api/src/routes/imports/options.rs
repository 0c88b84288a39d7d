//! What a client says about its file, in the query or in a JSON body.

use std::collections::BTreeSet;

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::Deserialize;
use shared::contact::check_tags;
use shared::import::{Charset, Columns, Format, MatchBy, OnMatch, Options, UnknownCharset};
use utoipa::ToSchema;

use crate::params::query_error;
use crate::problem::{Code, Problem};
use crate::views::labels;

/// The query of a request that contains the file.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct FileQuery {
    id: Option<String>,
    phone: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    email: Option<String>,
    opt_out: Option<String>,
    external_id: Option<String>,
    status: Option<String>,
    time_zone: Option<String>,
    language: Option<String>,
    attributes: Option<String>,
    /// Tags for every row, separated by commas.
    tags: Option<String>,
    encoding: Option<String>,
    delimiter: Option<String>,
    format: Option<Format>,
    r#match: Option<MatchBy>,
    on_match: Option<OnMatch>,
    opt_outs: Option<OptOuts>,
    dry_run: Option<bool>,
}

/// Creates an import whose file is uploaded afterwards.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct UploadRequest {
    /// Must be true.
    pub(super) upload: bool,
    /// By default, the file's first character shows it.
    #[schema(value_type = Option<labels::ImportFormat>)]
    format: Option<Format>,
    /// The file's encoding, such as `windows-1252`. By default, it is detected.
    encoding: Option<String>,
    /// The character between the cells of a row. By default, the header shows it.
    #[schema(min_length = 1, max_length = 1)]
    delimiter: Option<String>,
    /// The columns of the contacts' fields. Columns that are not named are recognized by name; an
    /// empty text says that the file has none.
    #[serde(default)]
    columns: NamedColumns,
    /// The columns that become attributes. By default, all do that are not a field.
    attributes: Option<Vec<String>>,
    /// Tags that every row adds to its contact.
    #[serde(default)]
    tags: BTreeSet<String>,
    /// How a row finds the contact to update: `id` by a contact's ID, `phone` by its phone,
    /// `externalId` by its external ID, `none` not at all. Defaults to `phone` for files of Amazon Pinpoint's endpoints and to `id` otherwise.
    #[schema(value_type = Option<labels::ImportMatch>)]
    r#match: Option<MatchBy>,
    /// What happens to a contact that a row finds: `update` or `skip`. Defaults to `update`.
    #[schema(value_type = Option<labels::ImportOnMatch>)]
    on_match: Option<OnMatch>,
    /// `only` registers opt-outs and creates no contacts. In a CSV file without a column of opt-outs,
    /// every phone is opted out. A JSON object must say so itself, as in `"optOut": true`, or is
    /// rejected.
    #[schema(value_type = Option<labels::ImportOptOuts>)]
    opt_outs: Option<OptOuts>,
    /// Whether to do everything but change contacts and opt-outs.
    #[serde(default)]
    dry_run: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize, strum::VariantArray)]
#[serde(rename_all = "lowercase")]
pub(crate) enum OptOuts {
    Only,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NamedColumns {
    id: Option<String>,
    phone: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    email: Option<String>,
    opt_out: Option<String>,
    external_id: Option<String>,
    /// A column whose values are `active` or `inactive`. It is not recognized by name.
    status: Option<String>,
    /// A column of tags, separated by commas or semicolons.
    tags: Option<String>,
    time_zone: Option<String>,
    language: Option<String>,
}

impl FileQuery {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The options, with where in the request each of them is.
    pub(super) fn options(self) -> Result<Options, Problem> {
        let columns = Columns {
            id: self.id,
            phone: self.phone,
            first_name: self.first_name,
            last_name: self.last_name,
            email: self.email,
            opt_out: self.opt_out,
            external_id: self.external_id,
            status: self.status,
            tags: None,
            time_zone: self.time_zone,
            language: self.language,
            attributes: self.attributes,
        };
        let tags = self.tags.iter().flat_map(|tags| tags.split(',')).map(str::trim);
        let tags = tags.filter(|tag| !tag.is_empty()).map(str::to_owned).collect();
        let tags = check_tags(&tags).map_err(|detail| {
            Problem::new(Code::InvalidColumns, format!("the query is invalid: tags {detail}"))
        })?;
        let delimiter = self.delimiter.as_deref().map(one_character).transpose();
        let delimiter = delimiter.map_err(|detail| {
            Problem::new(Code::InvalidColumns, format!("the query is invalid: delimiter {detail}"))
        })?;
        let encoding = self.encoding.as_deref().map(known_encoding).transpose();
        let encoding =
            encoding.map_err(|error| Problem::new(Code::UnknownEncoding, error.to_string()))?;
        Ok(Options {
            columns,
            format: self.format,
            encoding,
            delimiter,
            match_by: self.r#match,
            on_match: self.on_match.unwrap_or_default(),
            tags,
            opt_outs_only: self.opt_outs.is_some(),
            dry_run: self.dry_run.unwrap_or_default(),
        })
    }
}

impl UploadRequest {
    pub(super) fn options(self) -> Result<Options, Problem> {
        if !self.upload {
            return Err(Problem::field(
                "/upload",
                "must be true; to send the file itself, use text/csv",
            ));
        }
        let delimiter = self.delimiter.as_deref().map(one_character).transpose();
        let delimiter = delimiter.map_err(|detail| Problem::field("/delimiter", detail))?;
        let encoding = self.encoding.as_deref().map(known_encoding).transpose();
        let encoding = encoding.map_err(|error| Problem::field("/encoding", error.to_string()))?;
        let NamedColumns { id, phone, first_name, last_name, email, opt_out, .. } = self.columns;
        let NamedColumns { external_id, status, tags, time_zone, language, .. } = self.columns;
        let columns = Columns {
            id,
            phone,
            first_name,
            last_name,
            email,
            opt_out,
            external_id,
            status,
            tags,
            time_zone,
            language,
            attributes: self.attributes.as_deref().map(Columns::attribute_list),
        };
        Ok(Options {
            columns,
            format: self.format,
            encoding,
            delimiter,
            match_by: self.r#match,
            on_match: self.on_match.unwrap_or_default(),
            tags: check_tags(&self.tags).map_err(|detail| Problem::field("/tags", detail))?,
            opt_outs_only: self.opt_outs.is_some(),
            dry_run: self.dry_run,
        })
    }
}

/// The standard name of an encoding.
fn known_encoding(name: &str) -> Result<String, UnknownCharset> {
    Charset::named(name).map(Charset::name)
}

fn one_character(text: &str) -> Result<char, &'static str> {
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some(c), None) if !c.is_alphanumeric() && !matches!(c, '"' | '\r' | '\n' | ' ') => Ok(c),
        _ => Err("must be one character that is not a letter, a digit, a quote or a space"),
    }
}

impl<S: Send + Sync> FromRequestParts<S> for FileQuery {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        axum::extract::Query::try_from_uri(&parts.uri)
            .map(|axum::extract::Query(query)| query)
            .map_err(|rejection| Problem::new(Code::InvalidColumns, query_error(&rejection)))
    }
}
