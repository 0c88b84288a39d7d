use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, OneOfBuilder, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// Strings or lists of strings by name.
pub(crate) struct AttributesSchema;

impl PartialSchema for AttributesSchema {
    fn schema() -> RefOr<Schema> {
        let text = || ObjectBuilder::new().schema_type(Type::String);
        let value = OneOfBuilder::new().item(text()).item(ArrayBuilder::new().items(text()));
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .additional_properties(Some(Schema::from(value.build())))
            .examples([serde_json::json!({"city": "Austin", "stores": ["North", "South"]})])
            .into()
    }
}

impl ToSchema for AttributesSchema {
    fn name() -> std::borrow::Cow<'static, str> {
        "Attributes".into()
    }
}
