use proptest::prelude::*;

use super::super::tests::{SALT, sent};
use super::super::{Broadcast, State};
use super::*;
use crate::recipient::Recipient;
use crate::resend::Earlier;
use crate::time::Timestamp;

const OTHER: Salt = Salt::new([8; 16]);

fn phone(text: &str) -> Phone {
    Phone::from_e164(text).expect("valid")
}

/// A mobile number in Argentina, in both forms.
fn forms() -> (Phone, Phone) {
    (phone("+5491123456789"), phone("+541123456789"))
}

/// A campaign that was sent this way.
fn named(names: Names) -> Campaign {
    let campaign = sent();
    let broadcast = Broadcast { names, ..campaign.broadcast().expect("sent").clone() };
    Campaign { state: State::Sent(broadcast), ..campaign }
}

fn pending(campaign: &Campaign, to: &Phone) -> MessageId {
    let broadcast = campaign.broadcast().expect("sent");
    campaign.pending_message(broadcast, &Recipient::of_phone(to.clone())).id
}

/// If these ids changed, campaigns that are being sent would text everyone again.
#[test]
fn each_way_always_derives_the_same_ids() {
    let campaign = CampaignId(Uuid::from_u128(2));
    let (today, other) = forms();
    let id = |names: Names, phone| names.message_id(campaign, phone).to_string();
    let of_today = Uuid::new_v5(&campaign.0, b"+5491123456789").to_string();
    let of_other = Uuid::new_v5(&campaign.0, b"+541123456789").to_string();
    assert_eq!([&today, &other].map(|it| id(Names::OfPhone, it)), [of_today.clone(), of_other]);
    assert_eq!([&today, &other].map(|it| id(Names::OfLine, it)), [of_today.clone(), of_today]);
    // `{ printf '\7%.0s' {1..16}; printf +5491123456789; } | sha256sum`, with the bits of version 8.
    let salted = "473d83fe-703d-8e85-83a7-75ff93a12ee6".to_owned();
    assert_eq!([&today, &other].map(|it| id(Names::Salted(SALT), it)), [salted.clone(), salted]);
}

#[test]
fn a_campaign_that_is_sent_now_has_a_salt() {
    let campaign = sent();
    assert_eq!(campaign.broadcast().map(|it| it.names), Some(Names::Salted(SALT)));
    let (today, other) = forms();
    assert_eq!(pending(&campaign, &today), pending(&campaign, &other), "a line has one message");
    let broadcast = campaign.broadcast().expect("sent");
    let message = campaign.pending_message(broadcast, &Recipient::of_phone(other.clone()));
    assert_eq!(message.to, Some(other), "and is dialed as written");
}

/// Without the salt, trying all phones finds nothing.
#[test]
fn another_salt_gives_another_id() {
    let (campaign, to) = (CampaignId(Uuid::from_u128(2)), phone("+14155550123"));
    let id = Names::Salted(SALT).message_id(campaign, &to);
    for names in [Names::Salted(OTHER), Names::OfLine, Names::OfPhone] {
        assert_ne!(names.message_id(campaign, &to), id);
    }
    assert_ne!(Names::Salted(SALT).message_id(campaign, &phone("+14155550124")), id);
    assert_eq!(id.0.get_version_num(), 8);
}

#[test]
fn a_campaigns_ids_differ_from_those_of_tests() {
    let (campaign, to) = (CampaignId(Uuid::from_u128(2)), phone("+14155550123"));
    for names in [Names::OfPhone, Names::OfLine, Names::Salted(SALT)] {
        assert!(names.message_id(campaign, &to).is_of_campaign());
    }
    assert!(!MessageId::new(Timestamp::EPOCH, [0; 10]).is_of_campaign());
}

#[test]
fn a_campaign_without_its_salt_is_not_read() {
    for names in [Names::OfPhone, Names::OfLine, Names::Salted(SALT)] {
        let (format, salt) = names.stored();
        assert_eq!(Names::read(format, salt), Some(names));
    }
    for (format, salt) in [(3, None), (2, Some(SALT)), (1, Some(SALT)), (0, None), (4, Some(SALT))]
    {
        assert_eq!(Names::read(format, salt), None, "{format}");
    }
}

#[test]
fn a_salt_is_stored_and_not_printed() {
    let salt = Salt::new([0xab; 16]);
    let stored = serde_json::to_string(&salt).expect("JSON");
    assert_eq!(stored, format!("\"{}\"", "ab".repeat(16)));
    assert_eq!(serde_json::from_str::<Salt>(&stored).expect("a salt"), salt);
    for text in
        ["", "ab", &"zz".repeat(16), &"ab".repeat(17), "00000000-0000-0000-0000-000000000001"]
    {
        assert!(serde_json::from_value::<Salt>(text.into()).is_err(), "{text}");
    }
    let printed = format!("{:?}", named(Names::Salted(salt)));
    assert!(!printed.contains("abab") && !printed.contains("171, 171"), "{printed}");
}

#[test]
fn an_earlier_campaign_is_stored_as_before_unless_it_has_a_salt() {
    let id = CampaignId(Uuid::from_u128(2));
    let unsalted = serde_json::to_value(Earlier::Unsalted(id)).expect("JSON");
    assert_eq!(unsalted, "00000000-0000-0000-0000-000000000002");
    for earlier in [Earlier::Unsalted(id), Earlier::Salted { id, salt: SALT }] {
        let stored = serde_json::to_value(earlier).expect("JSON");
        assert_eq!(stored.is_object(), earlier.is_salted());
        assert_eq!(serde_json::from_value::<Earlier>(stored).expect("a campaign"), earlier);
    }
    assert_eq!(Earlier::of(&named(Names::OfPhone)), Some(Earlier::Unsalted(sent().id)));
    assert_eq!(Earlier::of(&named(Names::Salted(SALT))).map(Earlier::is_salted), Some(true));
}

fn all_names() -> impl Strategy<Value = Names> {
    let salted = any::<[u8; 16]>().prop_map(|bytes| Names::Salted(Salt::new(bytes)));
    prop_oneof![Just(Names::OfPhone), Just(Names::OfLine), salted]
}

fn phones() -> impl Strategy<Value = Phone> {
    r"\+(1415|521?55|549?11|5511)[0-9]{7,8}"
        .prop_filter_map("a phone", |text| Phone::from_e164(&text).ok())
}

proptest! {
    /// Whichever form someone asks for, they find the message that was claimed, and no one else's.
    #[test]
    fn every_lookup_finds_the_message(names in all_names(), to in phones(), another in phones()) {
        let campaign = named(names);
        let id = pending(&campaign, &to);
        let earlier = Earlier::of(&campaign).expect("sent");
        for form in to.forms() {
            prop_assert!(campaign.message_ids_to(&form).contains(&id));
            prop_assert!(earlier.message_ids_to(&form).contains(&id));
        }
        let is_same = another.line() == to.line();
        prop_assert_eq!(campaign.message_ids_to(&another).contains(&id), is_same);
        prop_assert_eq!(earlier.message_ids_to(&another).contains(&id), is_same);
    }
}
