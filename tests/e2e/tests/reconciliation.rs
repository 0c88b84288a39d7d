//! Unsubscribes, reconciled with the provider's opt-out list.

use std::time::Duration;

use e2e::{PATIENCE, Tenant, phone};
use local::client::wait;
use reqwest::Method;
use serde_json::{Value, json};

/// The first erasure of an organization waits until every worker knows of it.
const LONG: Duration = Duration::from_secs(4 * PATIENCE.as_secs());
const AT: &str = "2026-04-24T03:06:40.000Z";

/// An organization that sends through AWS, and a name for a list.
async fn tenant() -> anyhow::Result<(Tenant, String)> {
    let tenant = Tenant::new().await?;
    tenant.configure(&json!({"provider": {"kind": "aws"}})).await?;
    let list = format!("list-{}", tenant.id);
    Ok((tenant, list))
}

async fn put(tenant: &Tenant, list: &str, phones: &[&str]) -> anyhow::Result<()> {
    let entry = |phone: &&str| json!({"number": phone, "at": 1_777_000_000});
    let numbers: Vec<Value> = phones.iter().map(entry).collect();
    // A page for every two, so that there are several.
    tenant.books.opt_out_list(list, &json!({"numbers": numbers, "pageSize": 2})).await
}

fn path(tenant: &Tenant) -> String {
    tenant.path("unsubscribes/reconciliation")
}

async fn ended(tenant: &Tenant) -> anyhow::Result<Value> {
    wait("the reconciliation", PATIENCE, async || {
        let found = tenant.api.get(&path(tenant)).await?;
        Ok((found["status"] != "running" && !found["status"].is_null()).then_some(found))
    })
    .await
}

async fn reconciled(tenant: &Tenant) -> anyhow::Result<Value> {
    let begun = tenant.api.post(&path(tenant), &json!({})).await?;
    anyhow::ensure!(begun["status"] == "running", "{begun}");
    ended(tenant).await
}

/// The phones that are unsubscribed, in any order.
async fn unsubscribed(tenant: &Tenant) -> anyhow::Result<Vec<Value>> {
    tenant.api.list(&tenant.path("unsubscribes")).await
}

#[tokio::test]
async fn who_opted_out_at_the_provider_only_is_suppressed_with_evidence() -> anyhow::Result<()> {
    let (tenant, list) = tenant().await?;
    let [listed, kept, known, here, unknown] = [(); 5].map(|()| phone());
    tenant.contact(&listed).await?;
    tenant.contact(&kept).await?;
    tenant.unsubscribe(&known).await?;
    tenant.unsubscribe(&here).await?;
    put(&tenant, &list, &[&listed, &known, &unknown]).await?;
    // Naming a list begins the first reconciliation.
    tenant.configure(&json!({"optOutList": list})).await?;
    let found = ended(&tenant).await?;
    assert_eq!(found["status"], "done", "{found}");
    assert_eq!((&found["list"], &found["provider"]), (&json!(list), &json!("aws")));
    // No other organization has the list, so everyone on it wrote to this one.
    assert_eq!((&found["shared"], &found["daily"]), (&json!(false), &json!(true)));
    let counts = ["listed", "suppressed", "known", "resubscribed", "foreign", "onlyHere"];
    assert_eq!(counts.map(|name| found[name].as_u64()), [3, 2, 1, 0, 0, 1].map(Some), "{found}");
    assert!(found["nextAt"].is_string() && found["lastDoneAt"] == found["endedAt"], "{found}");

    let all = unsubscribed(&tenant).await?;
    assert_eq!(all.len(), 4, "{all:?}");
    let of =
        |phone: &str| all.iter().find(|one| one["phone"] == phone).cloned().unwrap_or_default();
    for phone in [&listed, &unknown] {
        let one = of(phone);
        assert_eq!((&one["source"], &one["unsubscribedAt"]), (&json!("provider"), &json!(AT)));
        assert_eq!(one["evidence"], format!("opt-out list {list}"));
        assert_eq!(one["changedBy"]["kind"], "system");
    }
    let id = tenant.send().await?;
    let campaign = tenant.settled(&id).await?;
    assert_eq!(campaign["audience"]["skipped"]["unsubscribed"], 1);
    assert_eq!(tenant.books.texts(&listed).await?, 0);
    assert_eq!(tenant.books.texts(&kept).await?, 1);

    // The person's own opt-out also replaces the one that a key made.
    assert_eq!(of(&known)["source"], "provider");
    let again = reconciled(&tenant).await?;
    assert_eq!((&again["suppressed"], &again["known"]), (&json!(0), &json!(3)), "{again}");
    assert_eq!(unsubscribed(&tenant).await?.len(), 4);
    Ok(())
}

#[tokio::test]
async fn a_shared_list_shows_no_one_elses_people() -> anyhow::Result<()> {
    let ((one, list), (other, _)) = (tenant().await?, tenant().await?);
    let [of_one, of_other, of_both, of_nobody] = [(); 4].map(|()| phone());
    for (tenant, phones) in [(&one, [&of_one, &of_both]), (&other, [&of_other, &of_both])] {
        for phone in phones {
            tenant.contact(phone).await?;
        }
    }
    put(&one, &list, &[&of_one, &of_other, &of_both, &of_nobody]).await?;
    for tenant in [&one, &other] {
        tenant.configure(&json!({"optOutList": list})).await?;
    }
    for (tenant, own) in [(&one, &of_one), (&other, &of_other)] {
        ended(tenant).await?;
        // The first one may have begun before the second organization had the list.
        let found = reconciled(tenant).await?;
        assert_eq!((&found["status"], &found["shared"]), (&json!("done"), &json!(true)));
        if tenant.id == other.id {
            assert_eq!((&found["listed"], &found["foreign"]), (&json!(null), &json!(null)));
            let mut phones: Vec<Value> =
                unsubscribed(tenant).await?.iter().map(|one| one["phone"].clone()).collect();
            let mut expected = [json!(own), json!(of_both)];
            phones.sort_by_key(ToString::to_string);
            expected.sort_by_key(ToString::to_string);
            assert_eq!(phones, expected);
            let seen = tenant.admin.get(&path(tenant)).await?;
            assert_eq!((&seen["listed"], &seen["foreign"]), (&json!(4), &json!(2)), "{seen}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_person_who_subscribed_later_stays_subscribed() -> anyhow::Result<()> {
    let (tenant, list) = tenant().await?;
    let [started, lifted, by_key] = [(); 3].map(|()| phone());
    for phone in [&started, &lifted, &by_key] {
        tenant.contact(phone).await?;
    }
    tenant.books.published(&started, &tenant.sender, "STOP").await?;
    wait("the opt-out", PATIENCE, async || {
        Ok((unsubscribed(&tenant).await?.len() == 1).then_some(()))
    })
    .await?;
    tenant.books.published(&started, &tenant.sender, "START").await?;
    wait("the opt-in", PATIENCE, async || {
        Ok(unsubscribed(&tenant).await?.is_empty().then_some(()))
    })
    .await?;
    tenant.unsubscribe(&lifted).await?;
    let path = format!("{}/lift", tenant.unsubscribe_path(&lifted));
    tenant.api.post(&path, &json!({"reason": "she called"})).await?;
    // A key did not know of the person's opt-out.
    tenant.unsubscribe(&by_key).await?;
    let path = tenant.unsubscribe_path(&by_key);
    assert_eq!(tenant.refusal(Method::DELETE, &path, None).await?.0, 204);

    put(&tenant, &list, &[&started, &lifted, &by_key]).await?;
    tenant.configure(&json!({"optOutList": list})).await?;
    let found = ended(&tenant).await?;
    assert_eq!((&found["suppressed"], &found["resubscribed"]), (&json!(1), &json!(2)), "{found}");
    let all = unsubscribed(&tenant).await?;
    assert_eq!((all.len(), &all[0]["phone"]), (1, &json!(by_key)));
    Ok(())
}

#[tokio::test]
async fn an_erased_person_stays_a_hash() -> anyhow::Result<()> {
    let (tenant, list) = tenant().await?;
    let person = phone();
    tenant.contact(&person).await?;
    let people = tenant.path(&format!("people/{}", person.replace('+', "%2B")));
    assert_eq!(tenant.refusal(Method::DELETE, &people, None).await?.0, 202);
    wait("the erasure", LONG, async || {
        Ok((tenant.api.get(&people).await?["erasure"]["status"] == "done").then_some(()))
    })
    .await?;
    put(&tenant, &list, &[&person]).await?;
    tenant.configure(&json!({"optOutList": list})).await?;
    let found = ended(&tenant).await?;
    assert_eq!((&found["suppressed"], &found["known"]), (&json!(0), &json!(1)), "{found}");
    assert_eq!(found["onlyHere"], 0, "the hash is the phone that is listed");
    let all = unsubscribed(&tenant).await?;
    assert_eq!((all.len(), &all[0]["phone"]), (1, &json!(null)), "{all:?}");
    assert_eq!(all[0]["evidence"], json!(null));
    Ok(())
}

#[tokio::test]
async fn a_list_that_can_not_be_read_changes_nothing() -> anyhow::Result<()> {
    let (tenant, list) = tenant().await?;
    let person = phone();
    tenant.contact(&person).await?;
    tenant.configure(&json!({"optOutList": list})).await?;
    let found = ended(&tenant).await?;
    assert_eq!(found["status"], "failed");
    let reason = found["reason"].as_str().unwrap_or_default();
    assert!(reason.contains("no opt-out list with this name"), "{reason}");
    let numbers = json!([{"number": person, "at": 1_777_000_000}]);
    let denied = json!({"numbers": numbers, "problem": "denied"});
    tenant.books.opt_out_list(&list, &denied).await?;
    let found = reconciled(&tenant).await?;
    let reason = found["reason"].as_str().unwrap_or_default();
    assert!(reason.contains("may not read"), "{reason}");
    assert_eq!((&found["suppressed"], &found["lastDoneAt"]), (&json!(0), &json!(null)));
    assert!(unsubscribed(&tenant).await?.is_empty());
    tenant.books.opt_out_list(&list, &json!({"numbers": numbers})).await?;
    let found = reconciled(&tenant).await?;
    assert_eq!((&found["status"], &found["reason"]), (&json!("done"), &json!(null)));
    assert_eq!(found["suppressed"], 1);
    Ok(())
}

#[tokio::test]
async fn twilio_has_no_list_and_tenants_name_none() -> anyhow::Result<()> {
    let twilio = Tenant::new().await?;
    let found = twilio.api.get(&path(&twilio)).await?;
    assert_eq!((&found["provider"], &found["list"]), (&json!("twilio"), &json!(null)));
    assert_eq!((&found["status"], &found["daily"]), (&json!(null), &json!(false)));
    let refused = twilio.refusal(Method::POST, &path(&twilio), Some(&json!({}))).await?;
    assert_eq!(refused, (409, "opt_out_list_not_offered".to_owned()));
    let settings = format!("/v1/organizations/{}", twilio.id);
    let named = json!({"optOutList": "Default"});
    let body = twilio.admin.request(Method::PATCH, &settings).json(&named).send().await?;
    assert_eq!(body.status(), 422);

    // Only the deployment names a list. Without a name, the default one is read on request.
    let (tenant, _) = tenant().await?;
    let settings = format!("/v1/organizations/{}", tenant.id);
    let refused = tenant.refusal(Method::PATCH, &settings, Some(&named)).await?;
    assert_eq!(refused, (403, "deployment_only".to_owned()));
    let (viewer, _) = tenant.keyed("viewer").await?;
    let refused = viewer.request(Method::POST, &path(&tenant)).json(&json!({})).send().await?;
    assert_eq!(refused.status(), 403);
    let found = reconciled(&tenant).await?;
    assert_eq!((&found["list"], &found["shared"]), (&json!("Default"), &json!(true)));
    assert_eq!((&found["daily"], &found["nextAt"]), (&json!(false), &json!(null)));
    assert_eq!(viewer.get(&path(&tenant)).await?["status"], "done");
    Ok(())
}
