use serde::Serialize;
use serde_json::{Value, json};
use shared::segment::{Explanation, Filter, Op, Segment};
use strum::VariantNames;
use utoipa::openapi::schema::{
    AdditionalProperties, ArrayBuilder, KnownFormat, Object, ObjectBuilder, OneOfBuilder,
    SchemaFormat, SchemaType, Type,
};
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use super::{ChangedByView, Time};

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Segment)]
pub(crate) struct SegmentView {
    id: Uuid,
    organization_id: Uuid,
    name: String,
    #[schema(value_type = FilterSchema)]
    filter: Filter,
    /// Scheduled campaigns that use the segment, directly or through another. It cannot be deleted
    /// until they are sent or canceled.
    used_by: Vec<Uuid>,
    #[schema(required = true)]
    changed_by: Option<ChangedByView>,
    created_at: Time,
    updated_at: Time,
}

impl From<Segment> for SegmentView {
    fn from(segment: Segment) -> Self {
        Self {
            id: segment.id.0,
            organization_id: segment.organization_id.0,
            name: segment.name,
            filter: segment.filter,
            used_by: segment.used_by.into_iter().map(|id| id.0).collect(),
            changed_by: segment.changed_by.as_ref().map(ChangedByView::from),
            created_at: segment.created_at.into(),
            updated_at: segment.updated_at.into(),
        }
    }
}

/// A filter, with its result for one contact at each node.
#[derive(Serialize, ToSchema)]
#[schema(as = Explanation)]
pub(crate) struct ExplanationView {
    matches: bool,
    /// `all`, `any`, `none` or `test`.
    kind: &'static str,
    /// The test, as in the filter.
    #[schema(value_type = Option<Object>, required = true)]
    test: Option<Value>,
    /// The contact's values of the test's field.
    #[schema(required = true)]
    found: Option<Vec<String>>,
    /// The results inside a group.
    #[schema(no_recursion)]
    filters: Vec<Self>,
}

impl From<Explanation> for ExplanationView {
    fn from(explanation: Explanation) -> Self {
        let group = |kind, matches, nodes: Vec<Explanation>| Self {
            matches,
            kind,
            test: None,
            found: None,
            filters: nodes.into_iter().map(Self::from).collect(),
        };
        match explanation {
            Explanation::All { matches, nodes } => group("all", matches, nodes),
            Explanation::Any { matches, nodes } => group("any", matches, nodes),
            Explanation::None { matches, nodes } => group("none", matches, nodes),
            Explanation::Leaf { matches, test, found } => Self {
                matches,
                kind: "test",
                test: Some(test),
                found: Some(found),
                filters: Vec::new(),
            },
        }
    }
}

/// A filter in the document.
pub(crate) struct FilterSchema;

const DESCRIPTION: &str = "\
A group of filters, a reference to another segment, or a test of one field. A filter is at most 5 levels \
deep and has at most 50 tests, including those of the segments that it refers to.

Fields are `firstName`, `lastName`, `email`, `phone`, `country` (of the phone, such as US), `externalId`, \
`status`, `tags`, `timeZone`, `language`, `importId`, `createdAt`, `updatedAt`, and \
`{\"attribute\": NAME}`. `createdAt` and `updatedAt` take only the ops for dates.

Texts are compared exactly, including case. In a list, one matching element is enough, except that `ne` \
and `notIn` match if no element is equal. A missing field matches only `missing` and `notIn`. `lt`, `lte`, \
`gt`, `gte` and `between` compare numbers if both sides are numbers, otherwise texts. Dates (`before`, \
`after`, and `between` with two dates, both included) are RFC 3339 times or days such as 2026-11-23 in the \
organization's time zone. `withinLast` takes a span such as 12h, 30d or 4w.";

/// No properties but the named ones.
fn closed() -> AdditionalProperties<Schema> {
    AdditionalProperties::FreeForm(false)
}

impl PartialSchema for FilterSchema {
    fn schema() -> RefOr<Schema> {
        let filters =
            || ArrayBuilder::new().items(Ref::from_schema_name("Filter")).min_items(Some(1));
        let group = |name: &str| {
            ObjectBuilder::new()
                .schema_type(Type::Object)
                .property(name, filters())
                .required(name)
                .additional_properties(Some(closed()))
        };
        let id = ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)));
        let segment = ObjectBuilder::new()
            .schema_type(Type::Object)
            .property("segment", id)
            .required("segment")
            .additional_properties(Some(closed()));
        let string = || ObjectBuilder::new().schema_type(Type::String);
        let attribute = ObjectBuilder::new()
            .schema_type(Type::Object)
            .property("attribute", string())
            .required("attribute")
            .additional_properties(Some(closed()));
        let test = ObjectBuilder::new()
            .schema_type(Type::Object)
            .property("field", OneOfBuilder::new().item(string()).item(attribute))
            .required("field")
            .property("op", string().enum_values(Some(Op::VARIANTS.iter().copied())))
            .required("op")
            .property("value", Object::with_type(SchemaType::AnyValue))
            .additional_properties(Some(closed()));
        OneOfBuilder::new()
            .item(group("all"))
            .item(group("any"))
            .item(group("none"))
            .item(segment)
            .item(test)
            .description(Some(DESCRIPTION))
            .examples([json!({"all": [
                {"field": "tags", "op": "in", "value": ["vip"]},
                {"none": [{"field": {"attribute": "city"}, "op": "eq", "value": "Austin"}]},
            ]})])
            .into()
    }
}

impl ToSchema for FilterSchema {
    fn name() -> std::borrow::Cow<'static, str> {
        "Filter".into()
    }
}
