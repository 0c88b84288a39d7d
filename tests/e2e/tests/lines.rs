//! Mexico, Argentina and Brazil write one mobile number in two forms. A person is one recipient,
//! and an opt-out in one form also counts for the other.

use e2e::{Tenant, random, text};
use serde_json::json;

/// A mobile number of each country: its current form, and the other one.
pub(crate) fn pairs() -> [(String, String); 3] {
    // Last four digits from 9000 on script a fate in the simulator.
    let number = format!("{:03}{:04}", 200 + random() % 700, random() % 9_000);
    [
        (format!("+52553{number}"), format!("+521553{number}")),
        (format!("+549112{number}"), format!("+54112{number}")),
        (format!("+551198{number}"), format!("+55118{number}")),
    ]
}

/// The recipients of the tenant's next campaign, sorted. All others are skipped as unsubscribed.
async fn texted(tenant: &Tenant) -> anyhow::Result<Vec<String>> {
    let campaign = tenant.settled(&tenant.send().await?).await?;
    tenant.assert_balanced(&campaign).await?;
    let messages = tenant.messages(text(&campaign["id"])).await?;
    let mut to: Vec<String> = messages.iter().map(|m| text(&m["to"]).to_owned()).collect();
    to.sort();
    Ok(to)
}

#[tokio::test]
async fn importing_both_forms_makes_one_recipient() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let pairs = pairs();
    let rows: Vec<String> =
        pairs.iter().flat_map(|(today, other)| [other.clone(), today.clone()]).collect();
    let import = tenant.import(&format!("phone\n{}\n", rows.join("\n"))).await?;
    assert_eq!((&import["created"], &import["rejected"]), (&json!(6), &json!(0)), "{import}");
    let id = tenant.send().await?;
    let campaign = tenant.settled(&id).await?;
    assert_eq!(campaign["audience"]["recipients"], 3);
    assert_eq!(campaign["audience"]["skipped"]["duplicate"], 3);
    assert_eq!(campaign["counts"]["delivered"], 3);
    for (today, other) in &pairs {
        assert_eq!(tenant.books.texts(today).await?, 1, "{today}");
        assert_eq!(tenant.books.texts(other).await?, 0, "{other}");
    }
    tenant.assert_balanced(&campaign).await
}

#[tokio::test]
async fn a_stop_from_one_form_is_heard_for_the_other() -> anyhow::Result<()> {
    for is_from_today in [true, false] {
        let tenant = Tenant::new().await?;
        let webhook = format!("{}/webhooks/twilio/inbound", tenant.variables["API_URL"]);
        let mut written = Vec::new();
        for (today, other) in pairs() {
            let (contact, from) = if is_from_today { (other, today) } else { (today, other) };
            tenant.contact(&contact).await?;
            tenant.books.inbound(&webhook, &from, &tenant.sender, "STOP.please").await?;
            written.push((contact, from));
        }
        assert!(texted(&tenant).await?.is_empty());
        assert_eq!(tenant.api.list(&tenant.path("unsubscribes")).await?.len(), 3);
        for (contact, from) in &written {
            for phone in [contact, from] {
                let path = tenant.path(&format!("unsubscribes/{}", phone.replace('+', "%2B")));
                assert_eq!(tenant.api.get(&path).await?["evidence"], "STOP.please");
            }
            // Opting in again also counts for both forms.
            tenant.books.inbound(&webhook, contact, &tenant.sender, "START").await?;
        }
        assert!(tenant.api.list(&tenant.path("unsubscribes")).await?.is_empty());
        assert_eq!(texted(&tenant).await?.len(), 3);
    }
    Ok(())
}

#[tokio::test]
async fn an_opt_out_of_a_client_or_a_file_holds_for_both_forms() -> anyhow::Result<()> {
    for is_of_today in [true, false] {
        let tenant = Tenant::new().await?;
        for (today, other) in pairs() {
            let (contact, said) = if is_of_today { (&other, &today) } else { (&today, &other) };
            tenant.contact(contact).await?;
            tenant.unsubscribe(said).await?;
        }
        for (today, other) in pairs() {
            let (contact, said) = if is_of_today { (&other, &today) } else { (&today, &other) };
            tenant.contact(contact).await?;
            let import = tenant.import(&format!("phone,OptOut\n{said},ALL\n")).await?;
            assert_eq!(import["created"], 1, "{import}");
        }
        let texted = texted(&tenant).await?;
        assert!(texted.is_empty(), "{texted:?}");
    }
    Ok(())
}

/// The provider may report the organization's phone in the form that the organization doesn't use.
#[tokio::test]
async fn a_stop_to_the_other_form_of_the_sender_is_heard() -> anyhow::Result<()> {
    let tenant = Tenant::new().await?;
    let webhook = format!("{}/webhooks/twilio/inbound", tenant.variables["API_URL"]);
    for (place, (today, other)) in pairs().iter().enumerate() {
        tenant.configure(&json!({"senderPhone": today})).await?;
        tenant.books.inbound(&webhook, &e2e::phone(), other, "STOP").await?;
        let heard = tenant.api.list(&tenant.path("unsubscribes")).await?;
        assert_eq!(heard.len(), place + 1, "{other}: {heard:?}");
    }
    Ok(())
}
