//! The message to a person is found by every look-up, whichever form of their phone is asked for and
//! however the campaign derives its ids.

use infra::clock;
use infra::table::{Claimed, Claiming, Saved, Table};
use shared::campaign::{Begin, Broadcast, Campaign, Names, State};
use shared::grace::Grace;
use shared::organization::Organization;
use shared::phone::Phone;
use shared::recipient::Recipient;
use shared::resend::{Earlier, Prepared, Resend};
use shared::sender::{Provider, Sender};

use crate::lines::pairs;
use crate::{SHARDS, draft, phone, table};

/// A campaign that was sent this way, as it was stored.
async fn sent(table: &Table, names: Names) -> anyhow::Result<Campaign> {
    let (draft, now) = (draft(table).await?, clock::now());
    let sender = Sender::new(phone(1), Provider::default());
    let scheduled = draft.clone().schedule(None, now, Grace::default())?;
    let decided = scheduled.begin(now, clock::salt(), sender, SHARDS, now, Grace::default());
    let Begin::Begun(begun) = decided else { anyhow::bail!("{decided:?}") };
    let broadcast = Broadcast { names, ..begun.broadcast().expect("sent").clone() };
    let sent = Campaign { state: State::Sent(broadcast), ..*begun };
    assert_eq!(table.save_campaign(&draft, &sent, None).await?, Saved::Done);
    Ok(table.campaign(sent.organization_id, sent.id).await?.expect("it was saved"))
}

async fn claim(table: &Table, campaign: &Campaign, to: &Phone) -> anyhow::Result<Claimed> {
    let broadcast = campaign.broadcast().expect("sent");
    let message = campaign.pending_message(broadcast, &Recipient::of_phone(to.clone()));
    let claim = [(message, Claiming::HandOver { token: "mine".to_owned() })];
    let claimed = table.claim_all(&claim, SHARDS, clock::now()).await?.pop();
    Ok(claimed.expect("a response")?)
}

fn resend(earlier: Earlier) -> Resend {
    Resend {
        of: earlier.campaign(),
        origin: earlier.campaign(),
        earlier: [earlier].into(),
        reasons: [].into(),
        include_unknown: false,
        requested_at: clock::now(),
        prepared: Prepared::default(),
    }
}

#[tokio::test]
async fn every_lookup_finds_a_message_by_any_form() -> anyhow::Result<()> {
    let table = table().await;
    for names in [Names::OfPhone, Names::OfLine, Names::Salted(clock::salt())] {
        for (today, other) in pairs() {
            let campaign = sent(&table, names).await?;
            let id = campaign.organization_id;
            assert_eq!(campaign.broadcast().map(|it| it.names), Some(names));
            assert_eq!(claim(&table, &campaign, &other).await?, Claimed::Won);
            assert!(matches!(claim(&table, &campaign, &other).await?, Claimed::Exists(_)));
            let sender = Sender::new(phone(1), Provider::default());
            let organization = Organization::new(id, "Lines".to_owned(), sender, clock::now());
            let organization = Organization { shards: SHARDS, ..organization };
            let resend = resend(Earlier::of(&campaign).expect("sent"));
            for form in [&today, &other] {
                let (found, _) = table.messages_to(id, form, None).await?;
                assert_eq!(found[0].messages[0].to.as_ref(), Some(&other), "{names:?}");
                let last = table.last_campaign_to(&organization, form).await?;
                assert_eq!(last.map(|it| it.id), Some(campaign.id), "{names:?}");
                let asked = [form.clone(), phone(7)];
                let reached = table.reached_among(id, &resend, SHARDS, &asked).await?;
                assert_eq!(reached, [form.clone()].into(), "{names:?}");
            }
            assert!(table.messages_to(id, &phone(7), None).await?.0.is_empty());
        }
    }
    Ok(())
}

/// Two workers that hold the two forms of a line claim one message.
#[tokio::test]
async fn a_line_is_claimed_once() -> anyhow::Result<()> {
    let table = table().await;
    for names in [Names::OfLine, Names::Salted(clock::salt())] {
        for (today, other) in pairs() {
            let campaign = sent(&table, names).await?;
            assert_eq!(claim(&table, &campaign, &today).await?, Claimed::Won);
            let again = claim(&table, &campaign, &other).await?;
            assert!(matches!(again, Claimed::Exists(_)), "{names:?}");
        }
    }
    Ok(())
}
