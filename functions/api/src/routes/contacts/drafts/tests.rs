use serde_json::{Value, json};
use shared::ids::OrganizationId;
use shared::sender::{Provider, Sender};
use shared::time::Timestamp;
use uuid::Uuid;

use super::*;
use crate::json::parse;
use crate::problem::tests::read;

fn organization() -> Organization {
    let phone = Phone::from_e164("+14153550100").expect("valid");
    let sender = Sender::new(phone, Provider::default());
    Organization::new(OrganizationId(Uuid::nil()), "Ferry".to_owned(), sender, Timestamp::EPOCH)
}

fn draft(body: &Value) -> ContactDraft {
    parse(body.to_string().as_bytes()).map_err(|_| ()).expect("a draft")
}

fn patch(body: &Value) -> ContactPatch {
    parse(body.to_string().as_bytes()).map_err(|_| ()).expect("a patch")
}

fn before() -> Profile {
    let body = json!({
        "phone": "+14155550123", "firstName": "Ana", "externalId": "007", "status": "inactive",
        "tags": ["vip"], "timeZone": "America/Denver", "attributes": {"City": "Austin", "a": ["b"]},
    });
    draft(&body).checked(&organization(), None).map_err(|_| ()).expect("valid")
}

#[test]
fn replacing_a_contact_keeps_what_earlier_clients_do_not_know() {
    let replaced = draft(&json!({"lastName": "Ruiz"})).checked(&organization(), Some(&before()));
    let replaced = replaced.map_err(|_| ()).expect("valid");
    let expected = Profile {
        phone: None,
        first_name: None,
        last_name: Some("Ruiz".to_owned()),
        attributes: BTreeMap::new(),
        ..before()
    };
    assert_eq!(replaced, expected);
    let cleared = json!({"externalId": null, "status": null, "tags": null, "timeZone": null});
    let cleared = draft(&cleared).checked(&organization(), Some(&before()));
    assert_eq!(cleared.map_err(|_| ()), Ok(Profile::default()));
}

#[test]
fn a_patch_changes_what_it_names() {
    let change = json!({
        "firstName": null, "phone": "(415) 555-0199", "status": "active",
        "tags": {"add": ["new ", "vip"], "remove": ["vip"]}, "attributes": {"City": null, "b": "c"},
    });
    let changed =
        patch(&change).applied(&organization(), &before()).map_err(|_| ()).expect("valid");
    let expected = Profile {
        phone: Phone::from_e164("+14155550199").ok(),
        first_name: None,
        status: Status::Active,
        tags: ["new", "vip"].map(str::to_owned).into(),
        attributes: [
            ("a".to_owned(), Attribute::List(vec!["b".to_owned()])),
            ("b".to_owned(), "c".into()),
        ]
        .into(),
        ..before()
    };
    assert_eq!(changed, expected);
    let unchanged = patch(&json!({})).applied(&organization(), &before());
    assert_eq!(unchanged.map_err(|_| ()), Ok(before()));
}

#[tokio::test]
async fn every_bad_field_is_named() {
    let bad = json!({"phone": "1", "timeZone": "Mars", "email": "nobody"});
    let refused = draft(&bad).checked(&organization(), None).expect_err("refused");
    let (_, body) = read(refused).await;
    let pointers: Vec<&Value> =
        body["errors"].as_array().expect("errors").iter().map(|error| &error["pointer"]).collect();
    assert_eq!(pointers, ["/phone", "/timeZone", "/email"]);
    for unknown in
        [json!({"tag": "x"}), json!({"tags": {"set": []}}), json!({"attributes": {"a": 1}})]
    {
        let refused = parse::<ContactPatch>(unknown.to_string().as_bytes());
        assert!(refused.is_err(), "{unknown}");
    }
}
