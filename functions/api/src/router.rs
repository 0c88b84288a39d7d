//! All routes, and what is around them.

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::response::Response;
use http::{HeaderValue, header};
#[cfg(test)]
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
#[cfg(test)]
use utoipa_axum::routes;

#[cfg(test)]
use crate::openapi;
use crate::problem::{Code, Problem};
use crate::routes::{
    api_keys, audit as audit_routes, campaigns, contacts, controls, copies, deliveries, exports,
    halts, imports, inbound, me, members, messages, organizations, people, quotes, reconciliations,
    reports, resends, restored, segments, sending, service, skipped, templates, text_previews,
    unsubscribes, webhooks,
};
use crate::state::App;
use crate::{audit, cors, idempotency, polling, rates, span};

/// As `utoipa_axum::routes`, but without what describes the handlers: the function serves the document as
/// a file, and what nothing refers to is not in its program.
#[cfg(not(test))]
macro_rules! routes {
    ($($module:ident :: $handler:ident),+ $(,)?) => {
        pastey::paste! {{
            let mut paths = utoipa::openapi::Paths::new();
            let mut router = axum::routing::MethodRouter::new();
            $(
                let path = <$module::[<__path_ $handler>] as utoipa::Path>::path();
                paths.paths.insert(path, utoipa::openapi::PathItem::default());
                for method in <$module::[<__path_ $handler>] as utoipa::Path>::methods() {
                    let method = utoipa_axum::PathItemExt::to_method_filter(&method);
                    router = router.on(method, $module::$handler);
                }
            )+
            (Vec::new(), paths, router)
        }}
    };
}

pub(crate) fn router(app: App) -> Router {
    let (routes, _) = routes().split_for_parts();
    routes
        .route_layer(from_fn_with_state(Arc::clone(&app), audit::middleware))
        .route_layer(from_fn_with_state(Arc::clone(&app), idempotency::middleware))
        .route_layer(from_fn_with_state(Arc::clone(&app), rates::middleware))
        .route_layer(from_fn(span::middleware))
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || {
            let detail = "this path does not support the method; see the Allow header";
            Problem::new(Code::MethodNotAllowed, detail)
        })
        .layer(from_fn(polling::middleware))
        .layer(map_response(forbid_sniffing))
        .layer(from_fn_with_state(Arc::clone(&app), cors::middleware))
        .with_state(app)
}

/// The console is served from the same origin and keeps its key there.
async fn forbid_sniffing(mut response: Response) -> Response {
    let nosniff = HeaderValue::from_static("nosniff");
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, nosniff);
    response
}

/// The routes, and the document that describes them.
#[cfg(test)]
pub(crate) fn documented() -> (Router<App>, OpenApi) {
    let documented = OpenApiRouter::with_openapi(openapi::base()).merge(routes());
    let (routes, mut document) = documented.split_for_parts();
    openapi::complete(&mut document);
    (routes, document)
}

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(service::get_health))
        .routes(routes!(service::get_openapi))
        .routes(routes!(me::get_me))
        .routes(routes!(organizations::create_organization, organizations::list_organizations))
        .routes(routes!(
            organizations::get_organization,
            organizations::update_organization,
            organizations::delete_organization
        ))
        .routes(routes!(api_keys::create_api_key, api_keys::list_api_keys))
        .routes(routes!(api_keys::delete_api_key))
        .routes(routes!(audit_routes::list_audit))
        .routes(routes!(members::invite_member, members::list_members))
        .routes(routes!(members::update_member, members::delete_member))
        .routes(routes!(unsubscribes::list_unsubscribes))
        .routes(routes!(
            unsubscribes::get_unsubscribe,
            unsubscribes::put_unsubscribe,
            unsubscribes::delete_unsubscribe
        ))
        .routes(routes!(unsubscribes::lift_unsubscribe))
        .routes(routes!(reconciliations::get_reconciliation, reconciliations::start_reconciliation))
        .merge(event_routes())
        .merge(audience_routes())
        .merge(sending_routes())
}

fn event_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(webhooks::create_webhook, webhooks::list_webhooks))
        .routes(routes!(webhooks::get_webhook, webhooks::patch_webhook, webhooks::delete_webhook))
        .routes(routes!(webhooks::rotate_secret))
        .routes(routes!(deliveries::ping_webhook))
        .routes(routes!(deliveries::list_deliveries))
        .routes(routes!(deliveries::replay_delivery))
}

fn audience_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(
            contacts::create_contact,
            contacts::list_contacts,
            contacts::delete_contacts
        ))
        .routes(routes!(
            contacts::get_contact,
            contacts::update_contact,
            contacts::patch_contact,
            contacts::delete_contact
        ))
        .routes(routes!(contacts::batch_contacts))
        .routes(routes!(segments::create_segment, segments::list_segments))
        .routes(routes!(segments::get_segment, segments::update_segment, segments::delete_segment))
        .routes(routes!(segments::preview_filter))
        .routes(routes!(segments::preview_segment))
        .routes(routes!(segments::explain_segment))
        .routes(routes!(people::get_person, people::erase_person))
        .routes(routes!(exports::create_export, exports::list_exports))
        .routes(routes!(exports::get_export))
        .routes(routes!(imports::create_import, imports::list_imports))
        .routes(routes!(imports::get_import))
        .routes(routes!(imports::start_import))
        .routes(routes!(imports::cancel_import))
        .routes(routes!(imports::undo_import))
        .routes(routes!(imports::get_rejected_rows))
}

fn sending_routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(
            campaigns::create_campaign,
            campaigns::list_campaigns,
            campaigns::delete_campaigns
        ))
        .routes(routes!(
            campaigns::get_campaign,
            campaigns::update_campaign,
            campaigns::delete_campaign
        ))
        .routes(routes!(copies::duplicate_campaign))
        .routes(routes!(resends::resend_campaign))
        .routes(routes!(copies::archive_campaign))
        .routes(routes!(copies::unarchive_campaign))
        .routes(routes!(templates::create_template, templates::list_templates))
        .routes(routes!(
            templates::get_template,
            templates::update_template,
            templates::delete_template
        ))
        .routes(routes!(skipped::list_skipped))
        .routes(routes!(reports::get_report))
        .routes(routes!(reports::get_organization_report))
        .routes(routes!(text_previews::preview_texts))
        .routes(routes!(sending::send_campaign))
        .routes(routes!(sending::send_test))
        .routes(routes!(halts::get_halt, halts::put_halt))
        .routes(routes!(restored::end_restored))
        .routes(routes!(halts::get_organization_halt, halts::put_organization_halt))
        .routes(routes!(quotes::quote_campaign))
        .routes(routes!(controls::cancel_campaign))
        .routes(routes!(controls::pause_campaign))
        .routes(routes!(controls::resume_campaign))
        .routes(routes!(controls::stop_campaign))
        .routes(routes!(messages::list_messages))
        .routes(routes!(messages::get_message))
        .routes(routes!(messages::get_timeline))
        .routes(routes!(messages::list_history))
        .routes(routes!(inbound::list_inbound))
        .routes(routes!(inbound::get_inbound))
        .routes(routes!(inbound::reply_inbound))
        .routes(routes!(inbound::suppress_inbound))
        .routes(routes!(inbound::dismiss_inbound))
}

#[cfg(test)]
mod tests;
