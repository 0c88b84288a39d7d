//! Every command, with what it requests.

use serde_json::{Value, json};

use super::ID;

/// A command line, the operations that it calls, and a body that it sends.
pub(crate) type Case = (&'static str, &'static [&'static str], Value);

/// All of them.
pub(crate) fn cases() -> Vec<Case> {
    [settings(), contacts(), segments(), drafts(), campaigns(), results(), webhooks(), rest()]
        .concat()
}

/// Organizations, keys and the halt.
fn settings() -> Vec<Case> {
    vec![
        ("org list", &["list_organizations"], Value::Null),
        ("org show", &["get_me", "get_organization"], Value::Null),
        (
            "org create Bakery --sender +14155550100 --region US --parts-per-second 10",
            &["create_organization"],
            json!({"name": "Bakery", "senderPhone": "+14155550100", "defaultRegion": "US", "partsPerSecond": 10}),
        ),
        (
            "org set --price US=0.0079 --tests-per-day 5",
            &["get_me", "update_organization"],
            json!({"prices": {"currency": "USD", "perPart": {"US": "0.0079"}}, "testsPerDay": 5}),
        ),
        ("org delete ID --confirm Bakery", &["delete_organization"], Value::Null),
        (
            "org set --time-zone America/New_York --max-parts-per-second 20 --sender-phone +14155550100",
            &["get_me", "update_organization"],
            json!({"timeZone": "America/New_York", "maxPartsPerSecond": 20, "senderPhones": ["+14155550100"]}),
        ),
        (
            r#"org set --keywords {"stop":["basta"]}"#,
            &["get_me", "update_organization"],
            json!({"keywords": {"stop": ["basta"]}}),
        ),
        ("members list", &["get_me", "list_members"], Value::Null),
        (
            "members invite ana@example.com --role admin",
            &["get_me", "invite_member"],
            json!({"email": "ana@example.com", "role": "admin"}),
        ),
        ("members role ID viewer", &["get_me", "update_member"], json!({"role": "viewer"})),
        ("members remove ID --yes", &["get_me", "delete_member"], Value::Null),
        ("halt show", &["get_me", "get_organization_halt"], Value::Null),
        ("halt show --deployment", &["get_halt"], Value::Null),
        (
            "halt on --deployment --reason typo --yes",
            &["put_halt"],
            json!({"halted": true, "reason": "typo"}),
        ),
        ("halt off --yes", &["get_me", "put_organization_halt"], json!({"halted": false})),
        ("keys list", &["get_me", "list_api_keys"], Value::Null),
        (
            "keys create shop --role sender",
            &["get_me", "create_api_key"],
            json!({"name": "shop", "role": "sender"}),
        ),
        ("keys delete ID --yes", &["get_me", "delete_api_key"], Value::Null),
    ]
}

/// Contacts and imports.
fn contacts() -> Vec<Case> {
    vec![
        ("contacts list --limit 3", &["get_me", "list_contacts"], Value::Null),
        ("contacts show ID", &["get_me", "get_contact"], Value::Null),
        (
            "contacts add --phone +14155550123 --first-name Ada --attribute city=Oakland",
            &["get_me", "create_contact"],
            json!({"phone": "+14155550123", "firstName": "Ada", "attributes": {"city": "Oakland"}}),
        ),
        (
            "contacts export --format jsonl",
            &["get_me", "create_export", "get_export"],
            json!({"kind": "contacts", "format": "jsonl"}),
        ),
        ("people show +14155550123", &["get_me", "get_person"], Value::Null),
        ("people erase +14155550123 --yes --no-wait", &["get_me", "erase_person"], Value::Null),
        (
            "import ../tests/fixtures/contacts.csv --yes --phone phone --attributes none",
            &["get_me", "create_import", "get_import"],
            Value::Null,
        ),
        (
            "import ../tests/fixtures/contacts.csv --yes --tags city --match external-id",
            &["get_me", "create_import", "get_import"],
            Value::Null,
        ),
        ("import list --limit 2", &["get_me", "list_imports"], Value::Null),
        ("import show ID", &["get_me", "get_import"], Value::Null),
        ("import cancel ID", &["get_me", "cancel_import"], Value::Null),
        ("import undo ID --yes", &["get_me", "undo_import", "get_import"], Value::Null),
        ("contacts delete ID --yes", &["get_me", "delete_contacts"], json!({"ids": [ID]})),
        (
            "contacts edit ID --email ada@example.com --external-id a/1",
            &["get_me", "patch_contact"],
            json!({"email": "ada@example.com", "externalId": "a/1"}),
        ),
        (
            "contacts tag ID --add vip --remove new",
            &["get_me", "patch_contact"],
            json!({"tags": {"add": ["vip"], "remove": ["new"]}}),
        ),
        (
            "contacts edit ID --status inactive --time-zone America/New_York --language es-419",
            &["get_me", "patch_contact"],
            json!({"status": "inactive", "timeZone": "America/New_York", "language": "es-419"}),
        ),
        ("contacts list --search Ada", &["get_me", "list_contacts"], Value::Null),
        ("contacts list --tag vip --status active", &["get_me", "list_contacts"], Value::Null),
    ]
}

/// Segments and templates.
fn segments() -> Vec<Case> {
    vec![
        ("segments list", &["get_me", "list_segments"], Value::Null),
        ("segments show ID", &["get_me", "get_segment"], Value::Null),
        (
            r#"segments create VIP --filter {"field":"tags","op":"in","value":["vip"]}"#,
            &["get_me", "create_segment"],
            json!({"name": "VIP", "filter": {"field": "tags", "op": "in", "value": ["vip"]}}),
        ),
        ("segments edit ID --name A", &["get_me", "get_segment", "update_segment"], Value::Null),
        ("segments preview ID", &["get_me", "preview_segment"], Value::Null),
        (
            r#"segments preview --filter {"field":"tags","op":"exists"}"#,
            &["get_me", "preview_filter"],
            Value::Null,
        ),
        ("segments explain ID ID", &["get_me", "explain_segment"], Value::Null),
        ("segments delete ID --yes", &["get_me", "delete_segment"], Value::Null),
        (
            "templates create Spring --body Hi --default firstName=there",
            &["get_me", "create_template"],
            json!({"name": "Spring", "body": "Hi", "defaults": {"firstName": "there"}}),
        ),
        ("templates list --limit 1", &["get_me", "list_templates"], Value::Null),
        ("templates show ID --version 2", &["get_me", "get_template"], Value::Null),
        (
            "templates edit ID --body Hello",
            &["get_me", "get_template", "update_template"],
            json!({"name": "string", "body": "Hello"}),
        ),
        ("templates delete ID --yes", &["get_me", "delete_template"], Value::Null),
    ]
}

/// Drafts.
fn drafts() -> Vec<Case> {
    vec![
        (
            "campaigns create Spring --include ID",
            &["get_me", "create_campaign"],
            json!({"name": "Spring", "target": {"include": [ID], "exclude": []}}),
        ),
        (
            "campaigns create Spring --template ID --tag sale --tag spring",
            &["get_me", "create_campaign"],
            json!({"name": "Spring", "templateId": ID, "tags": ["sale", "spring"]}),
        ),
        (
            "campaigns create Spring --body {{}} --plain",
            &["get_me", "create_campaign"],
            json!({"name": "Spring", "body": "{{}}", "bodyFormat": "text"}),
        ),
        (
            "campaigns edit ID --everyone --tag sale --untag string",
            &["get_me", "get_campaign", "update_campaign"],
            json!({"name": "string", "body": "string", "target": null, "tags": ["sale"]}),
        ),
        (
            "campaigns duplicate ID --name Again",
            &["get_me", "duplicate_campaign"],
            json!({"name": "Again"}),
        ),
        ("campaigns preview ID --samples 5", &["get_me", "preview_texts"], json!({"samples": 5})),
        (
            "campaigns preview ID --contact ID",
            &["get_me", "preview_texts"],
            json!({"contacts": [ID]}),
        ),
        (
            "campaigns create Spring --body Hello",
            &["get_me", "create_campaign"],
            json!({"name": "Spring", "body": "Hello"}),
        ),
        (
            "campaigns edit ID --body Hi",
            &["get_me", "get_campaign", "update_campaign"],
            json!({"name": "string", "body": "Hi"}),
        ),
        ("campaigns delete ID --yes", &["get_me", "delete_campaign"], Value::Null),
    ]
}

/// Campaigns that are sent or were.
fn campaigns() -> Vec<Case> {
    vec![
        ("campaigns skipped ID --reason duplicate", &["get_me", "list_skipped"], Value::Null),
        (
            "campaigns resend ID --reason expired --reason unreachable",
            &["get_me", "resend_campaign", "get_campaign"],
            json!({"reasons": ["expired", "unreachable"], "includeUnknown": false}),
        ),
        ("campaigns archive ID", &["get_me", "archive_campaign"], Value::Null),
        ("campaigns unarchive ID", &["get_me", "unarchive_campaign"], Value::Null),
        (
            "campaigns list --archived --tag sale --name spring",
            &["get_me", "list_campaigns"],
            Value::Null,
        ),
        ("campaigns list --status draft", &["get_me", "list_campaigns"], Value::Null),
        ("campaigns show ID", &["get_me", "get_campaign"], Value::Null),
        ("campaigns quote ID", &["get_me", "quote_campaign"], Value::Null),
        (
            "campaigns test ID --to +14155550123",
            &["get_me", "send_test"],
            json!({"to": "+14155550123", "dryRun": false, "confirmOptedOut": false}),
        ),
        (
            "campaigns test ID --to +14155550123 --contact ext:a --dry-run",
            &["get_me", "send_test"],
            json!({"to": "+14155550123", "dryRun": true, "confirmOptedOut": false, "contactId": "ext:a"}),
        ),
        ("campaigns send ID --yes --no-imports", &["get_me", "send_campaign"], json!({})),
        (
            "campaigns send ID --yes --max-parts 9 --max-price 1.50",
            &["get_me", "send_campaign"],
            json!({"maxParts": 9, "maxPrice": "1.50"}),
        ),
        (
            "campaigns schedule ID --at 2026-11-30T09:00:00-08:00 --yes",
            &["get_me", "send_campaign"],
            json!({"scheduledAt": "2026-11-30T17:00:00.000Z"}),
        ),
        ("campaigns pause ID", &["get_me", "pause_campaign"], Value::Null),
        ("campaigns resume ID", &["get_me", "resume_campaign"], Value::Null),
        ("campaigns stop ID --yes", &["get_me", "stop_campaign"], Value::Null),
        ("campaigns cancel ID", &["get_me", "cancel_campaign"], Value::Null),
    ]
}

/// The results of campaigns, and files of them.
fn results() -> Vec<Case> {
    vec![
        ("campaigns report ID", &["get_me", "get_report"], Value::Null),
        (
            "org report --from 2026-11-01 --to 2026-11-30T09:00:00-08:00",
            &["get_me", "get_organization_report"],
            Value::Null,
        ),
        (
            "exports create messages --campaign ID",
            &["get_me", "create_export", "get_export"],
            json!({"kind": "messages", "format": "csv", "campaignId": ID}),
        ),
        (
            "exports create unsubscribes --format jsonl --no-wait",
            &["get_me", "create_export"],
            json!({"kind": "unsubscribes", "format": "jsonl"}),
        ),
        ("exports list", &["get_me", "list_exports"], Value::Null),
        ("exports show ID", &["get_me", "get_export"], Value::Null),
        ("exports download ID", &["get_me", "get_export"], Value::Null),
        ("messages history --phone +14155550123", &["get_me", "list_history"], Value::Null),
        (
            "messages list ID --reason expired --code 30003 --country US --since 2h --before 1h",
            &["get_me", "list_messages"],
            Value::Null,
        ),
    ]
}

/// Webhooks.
fn webhooks() -> Vec<Case> {
    vec![
        ("webhooks list", &["get_me", "list_webhooks"], Value::Null),
        ("webhooks show ID", &["get_me", "get_webhook"], Value::Null),
        (
            "webhooks create https://hooks.example.com/volley --type campaign.finished",
            &["get_me", "create_webhook"],
            json!({"url": "https://hooks.example.com/volley", "types": ["campaign.finished"]}),
        ),
        (
            "webhooks update ID --all-types --enable",
            &["get_me", "patch_webhook"],
            json!({"types": [], "enabled": true}),
        ),
        ("webhooks update ID --disable", &["get_me", "patch_webhook"], json!({"enabled": false})),
        ("webhooks rotate ID --yes", &["get_me", "rotate_secret"], Value::Null),
        ("webhooks ping ID", &["get_me", "ping_webhook"], Value::Null),
        ("webhooks attempts ID", &["get_me", "list_deliveries"], Value::Null),
        ("webhooks replay ID ID", &["get_me", "replay_delivery"], Value::Null),
        ("webhooks delete ID --yes", &["get_me", "delete_webhook"], Value::Null),
    ]
}

/// Messages, opt-outs, and what looks at several things.
fn rest() -> Vec<Case> {
    vec![
        ("messages list ID --status failed --tests", &["get_me", "list_messages"], Value::Null),
        ("messages show ID ID", &["get_me", "get_message"], Value::Null),
        ("inbound list --flagged --phone +14155550123", &["get_me", "list_inbound"], Value::Null),
        ("inbound show ID", &["get_me", "get_inbound"], Value::Null),
        ("inbound reply ID --body Hello", &["get_me", "reply_inbound"], json!({"body": "Hello"})),
        ("inbound suppress ID", &["get_me", "suppress_inbound"], Value::Null),
        ("inbound dismiss ID", &["get_me", "dismiss_inbound"], Value::Null),
        ("unsubscribes list --all", &["get_me", "list_unsubscribes"], Value::Null),
        ("unsubscribes show +14155550123", &["get_me", "get_unsubscribe"], Value::Null),
        ("unsubscribes add +14155550123", &["get_me", "put_unsubscribe"], Value::Null),
        (
            "unsubscribes reconcile",
            &["get_me", "start_reconciliation", "get_reconciliation"],
            Value::Null,
        ),
        ("unsubscribes reconcile --no-wait", &["get_me", "start_reconciliation"], Value::Null),
        ("unsubscribes reconcile --last", &["get_me", "get_reconciliation"], Value::Null),
        (
            "unsubscribes lift +14155550123 --reason asked",
            &["get_me", "lift_unsubscribe"],
            json!({"reason": "asked"}),
        ),
        (
            "trace ID --campaign ID",
            &["get_me", "get_campaign", "get_message", "get_timeline", "get_unsubscribe"],
            Value::Null,
        ),
        (
            "trace ID",
            &["get_me", "list_campaigns", "get_message", "get_timeline", "get_unsubscribe"],
            Value::Null,
        ),
        (
            "doctor",
            &[
                "get_health",
                "get_openapi",
                "get_organization",
                "list_inbound",
                "get_organization_halt",
                "list_campaigns",
            ],
            Value::Null,
        ),
    ]
}
