//! What is known of contacts: external IDs, tags, single changes, batches and lists.

use std::collections::BTreeSet;

use e2e::{Tenant, phone, text};
use local::client::Api;
use reqwest::Method;
use serde_json::{Value, json};

async fn refusal(
    api: &Api,
    method: Method,
    path: &str,
    body: &Value,
) -> anyhow::Result<(u16, Value)> {
    let response = api.request(method, path).json(body).send().await?;
    let status = response.status().as_u16();
    Ok((status, response.json().await.unwrap_or_default()))
}

#[tokio::test]
async fn an_external_id_finds_one_contact() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let contacts = tenant.path("contacts");
    let ana = json!({
        "phone": phone(), "externalId": " crm/7+a ", "tags": ["vip"], "status": "inactive",
        "timeZone": "America/Denver", "language": "es-419",
        "attributes": {"city": "Austin", "stores": ["North", "South"]},
    });
    let ana = tenant.api.post(&contacts, &ana).await?;
    assert_eq!((text(&ana["externalId"]), text(&ana["status"])), ("crm/7+a", "inactive"));
    assert_eq!(ana["attributes"]["stores"], json!(["North", "South"]));
    // In base64url, because the HTTP API decodes slashes before it routes a path.
    for named in ["extb:Y3JtLzcrYQ", text(&ana["id"])] {
        assert_eq!(tenant.api.get(&format!("{contacts}/{named}")).await?, ana, "{named}");
    }
    let found = tenant.api.list(&format!("{contacts}?externalId=crm%2F7%2Ba")).await?;
    assert_eq!(found, std::slice::from_ref(&ana));

    let taken = json!({"externalId": "crm/7+a"});
    let (status, problem) = refusal(&tenant.api, Method::POST, &contacts, &taken).await?;
    assert_eq!((status, text(&problem["code"])), (409, "external_id_taken"));
    let bo = tenant.api.post(&contacts, &json!({"externalId": "bo"})).await?;
    let path = format!("{contacts}/ext:bo");
    let (status, problem) = refusal(&tenant.api, Method::PATCH, &path, &taken).await?;
    assert_eq!((status, text(&problem["code"])), (409, "external_id_taken"));

    // A change and a deletion free the old ID.
    let (status, _) =
        refusal(&tenant.api, Method::PATCH, &path, &json!({"externalId": "b"})).await?;
    assert_eq!(status, 200);
    assert_eq!(tenant.refusal(Method::GET, &path, None).await?.0, 404);
    let cy = tenant.api.post(&contacts, &json!({"externalId": "bo"})).await?;
    assert_ne!(cy["id"], bo["id"]);
    let deleted = tenant.refusal(Method::DELETE, &format!("{contacts}/ext:b"), None).await?;
    assert_eq!(deleted.0, 204);
    tenant.api.post(&contacts, &json!({"externalId": "b"})).await?;
    Ok(())
}

#[tokio::test]
async fn single_fields_change_and_replacing_keeps_what_it_does_not_name() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (first, second) = (phone(), phone());
    let ana = json!({"phone": first, "firstName": "Ana", "externalId": "7", "tags": ["a", "b"]});
    let ana = tenant.api.post(&tenant.path("contacts"), &ana).await?;
    let path = tenant.path(&format!("contacts/{}", text(&ana["id"])));
    let change = json!({
        "phone": second, "firstName": null, "tags": {"add": ["c"], "remove": ["a"]},
        "attributes": {"city": "Austin"}, "status": "inactive",
    });
    let changed = tenant.api.patch(&path, &change).await?;
    assert_eq!((text(&changed["phone"]), &changed["firstName"]), (second.as_str(), &Value::Null));
    assert_eq!(changed["tags"], json!(["b", "c"]));
    let again = tenant.api.patch(&path, &json!({"attributes": {"city": null, "x": ["y"]}})).await?;
    assert_eq!(again["attributes"], json!({"x": ["y"]}));
    assert_eq!(again["externalId"], "7");

    let (status, replaced) =
        refusal(&tenant.api, Method::PUT, &path, &json!({"phone": first})).await?;
    assert_eq!(status, 200);
    assert_eq!((&replaced["tags"], text(&replaced["status"])), (&json!(["b", "c"]), "inactive"));
    assert_eq!((text(&replaced["externalId"]), &replaced["attributes"]), ("7", &json!({})));
    let (status, problem) =
        refusal(&tenant.api, Method::PATCH, &path, &json!({"tags": {"add": [" "]}})).await?;
    assert_eq!((status, text(&problem["errors"][0]["pointer"])), (422, "/tags"));
    Ok(())
}

#[tokio::test]
async fn lists_find_contacts_by_what_they_have() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let contacts = tenant.path("contacts");
    let filter = json!({"name": "VIP", "filter": {"field": "tags", "op": "in", "value": ["vip"]}});
    let segment = tenant.api.post(&tenant.path("segments"), &filter).await?;
    let area = |n: u32| format!("+1415355{n:04}");
    for (n, name) in (0..6).zip(["Ana", "Bo", "Anabel", "Cy", "Di", "Ed"]) {
        let tags = if n % 2 == 0 { json!(["vip"]) } else { json!([]) };
        let status = if n == 5 { "inactive" } else { "active" };
        let body = json!({"phone": area(n), "firstName": name, "tags": tags, "status": status});
        tenant.api.post(&contacts, &body).await?;
    }
    tenant.api.post(&contacts, &json!({"phone": "+12025550123", "lastName": "anand"})).await?;
    let segment = text(&segment["id"]);
    for (query, expected) in [
        ("tag=vip".to_owned(), vec!["Ana", "Anabel", "Di"]),
        (format!("segment={segment}"), vec!["Ana", "Anabel", "Di"]),
        ("status=inactive".to_owned(), vec!["Ed"]),
        ("phone=%2B1415355".to_owned(), vec!["Ana", "Anabel", "Bo", "Cy", "Di", "Ed"]),
        ("phone=+14153550003".to_owned(), vec!["Cy"]),
        ("q=an".to_owned(), vec!["", "Ana", "Anabel"]),
        ("q=1202".to_owned(), vec![""]),
        ("tag=vip&phone=1415&q=ANAB".to_owned(), vec!["Anabel"]),
        ("externalId=none".to_owned(), vec![]),
        ("tag=nothing".to_owned(), vec![]),
    ] {
        let found = tenant.api.list(&format!("{contacts}?{query}")).await?;
        let mut names: Vec<&str> =
            found.iter().map(|contact| text(&contact["firstName"])).collect();
        names.sort_unstable();
        assert_eq!(names, expected, "{query}");
    }
    let page = tenant.api.get(&format!("{contacts}?tag=vip&limit=1")).await?;
    let cursor = text(&page["nextCursor"]).to_owned();
    let other = format!("{contacts}?tag=other&cursor={cursor}");
    assert_eq!(
        tenant.refusal(Method::GET, &other, None).await?,
        (400, "invalid_cursor".to_owned())
    );
    for query in ["phone=abc", "status=gone", "tags=vip"] {
        let refused = tenant.refusal(Method::GET, &format!("{contacts}?{query}"), None).await?;
        assert_eq!(refused, (400, "invalid_query".to_owned()), "{query}");
    }
    Ok(())
}

async fn batch(tenant: &Tenant, key: Option<&str>, body: &Value) -> anyhow::Result<Vec<Value>> {
    let mut request = tenant.api.request(Method::POST, &tenant.path("contacts/batch")).json(body);
    if let Some(key) = key {
        request = request.header("idempotency-key", key);
    }
    let response: Value = request.send().await?.error_for_status()?.json().await?;
    Ok(response["results"].as_array().cloned().unwrap_or_default())
}

fn statuses(results: &[Value]) -> Vec<&str> {
    results.iter().map(|result| text(&result["status"])).collect()
}

#[tokio::test]
async fn a_batch_has_a_result_for_each_item() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let (shared, known) = (phone(), phone());
    tenant.contact(&shared).await?;
    tenant.contact(&shared).await?;
    let items = json!([
        {"externalId": "1", "firstName": "Ana"},
        {"externalId": "2", "phone": "1"},
        {"externalId": "1", "firstName": "Ana Maria"},
        {"firstName": "Nobody"},
        {"externalId": "3", "unknown": true},
        "text",
    ]);
    let results = batch(&tenant, None, &json!({"items": items, "match": "externalId"})).await?;
    let expected = ["created", "rejected", "updated", "rejected", "rejected", "rejected"];
    assert_eq!(statuses(&results), expected);
    assert_eq!(results[0]["id"], results[2]["id"]);
    assert_eq!(results[1]["problem"]["errors"][0]["pointer"], "/phone");
    let ana = tenant.api.get(&tenant.path("contacts/ext:1")).await?;
    assert_eq!(ana["firstName"], "Ana Maria");

    let again =
        json!({"items": [{"externalId": "1", "firstName": "Ana Maria"}], "match": "externalId"});
    assert_eq!(statuses(&batch(&tenant, None, &again).await?), ["unchanged"]);
    let skip = json!({"items": [{"externalId": "1"}], "match": "externalId", "onMatch": "skip"});
    assert_eq!(statuses(&batch(&tenant, None, &skip).await?), ["skipped"]);
    let by_id =
        json!({"items": [{"id": ana["id"], "externalId": null}, {"id": tenant.id}], "match": "id"});
    assert_eq!(statuses(&batch(&tenant, None, &by_id).await?), ["updated", "rejected"]);
    let by_phone = json!({
        "items": [{"phone": shared}, {"phone": known}, {"phone": known, "lastName": "Ruiz"}],
        "match": "phone",
    });
    let results = batch(&tenant, None, &by_phone).await?;
    assert_eq!(statuses(&results), ["rejected", "created", "updated"]);
    assert_eq!(text(&results[0]["problem"]["code"]), "ambiguous_phone");
    for items in [json!([]), json!(vec![json!({}); 1_001])] {
        let path = tenant.path("contacts/batch");
        let body = json!({"items": items});
        let refused = tenant.refusal(Method::POST, &path, Some(&body)).await?;
        assert_eq!(refused, (422, "validation_failed".to_owned()));
    }
    Ok(())
}

#[tokio::test]
async fn a_repeated_batch_creates_nothing_twice() -> anyhow::Result<()> {
    // More than a page of the list, and few enough for a slow machine to write before the request ends.
    const ITEMS: usize = 120;
    let tenant = Tenant::new().await?;
    let items: Vec<Value> = (0..ITEMS).map(|n| json!({"firstName": format!("n{n}")})).collect();
    let body = json!({"items": items});
    let first = batch(&tenant, Some("k"), &body).await?;
    assert!(first.iter().all(|result| result["status"] == "created"));
    let second = batch(&tenant, Some("k"), &body).await?;
    assert_eq!(first, second);
    let listed = tenant.api.list(&tenant.path("contacts")).await?;
    let ids: BTreeSet<&str> = listed.iter().map(|contact| text(&contact["id"])).collect();
    assert_eq!(ids.len(), ITEMS);
    let path = tenant.path("contacts/batch");
    let other = tenant.api.request(Method::POST, &path).header("idempotency-key", "k");
    let other = other.json(&json!({"items": [{}]})).send().await?;
    assert_eq!(other.status(), 422);
    // Another key is another request.
    batch(&tenant, Some("l"), &body).await?;
    assert_eq!(tenant.api.list(&tenant.path("contacts")).await?.len(), 2 * ITEMS);
    Ok(())
}

/// Twenty clients that import the same person at the same time make one contact of them.
#[tokio::test]
async fn the_same_person_in_many_batches_is_one_contact() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let to = phone();
    let body = json!({"items": [{"phone": to, "firstName": "Ana"}], "match": "phone"});
    let batches = (0..20).map(|_| batch(&tenant, None, &body));
    for results in futures::future::join_all(batches).await {
        assert!(["created", "unchanged"].contains(&statuses(&results?)[0]));
    }
    assert_eq!(tenant.api.list(&tenant.path("contacts")).await?.len(), 1);
    Ok(())
}

/// An inactive contact is skipped with that reason, and its active twin gets the text.
#[tokio::test]
async fn inactive_contacts_get_no_campaign() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let contacts = tenant.path("contacts");
    let (quiet, shared) = (phone(), phone());
    for (to, status) in [(&quiet, "inactive"), (&shared, "inactive"), (&shared, "active")] {
        tenant.api.post(&contacts, &json!({"phone": to, "status": status})).await?;
    }
    let id = tenant.send().await?;
    let campaign = tenant.settled(&id).await?;
    assert_eq!(campaign["audience"]["skipped"]["inactive"], 2, "{campaign}");
    assert_eq!(campaign["audience"]["recipients"], 1);
    tenant.assert_balanced(&campaign).await?;
    assert_eq!((tenant.books.texts(&quiet).await?, tenant.books.texts(&shared).await?), (0, 1));
    Ok(())
}
