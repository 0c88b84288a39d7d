//! The schemas of a sender's settings for the OpenAPI document. The domain serializes the settings.

#![expect(dead_code, reason = "only the schemas are used")]

use std::borrow::Cow;

use shared::sender::Provider;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// The provider that an organization sends with, as the domain describes it.
pub(crate) struct ProviderSchema;

impl PartialSchema for ProviderSchema {
    fn schema() -> RefOr<Schema> {
        Provider::schema()
    }
}

impl ToSchema for ProviderSchema {
    fn name() -> Cow<'static, str> {
        Provider::name()
    }

    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        let mut own = Vec::new();
        Provider::schemas(&mut own);
        for (_, schema) in &mut own {
            // Settings have their kind beside them, which a schema that allows no more would forbid.
            if let RefOr::T(Schema::Object(object)) = schema {
                object.additional_properties = None;
            }
        }
        schemas.extend(own);
    }
}

/// Keywords for opting out, opting in and asking for help, in addition to the standard ones.
#[derive(ToSchema)]
#[schema(as = Keywords)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeywordsSchema {
    #[schema(required = false)]
    stop: Vec<String>,
    #[schema(required = false)]
    start: Vec<String>,
    #[schema(required = false)]
    help: Vec<String>,
    /// The replies to keywords, for providers that leave replies to Volley.
    replies: Option<RepliesSchema>,
}

#[derive(ToSchema)]
#[schema(as = Replies)]
pub(crate) struct RepliesSchema {
    #[schema(min_length = 1, max_length = 320)]
    stop: String,
    #[schema(min_length = 1, max_length = 320)]
    start: String,
    #[schema(min_length = 1, max_length = 320)]
    help: String,
}
