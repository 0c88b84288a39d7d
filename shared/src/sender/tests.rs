use super::aws::{AwsSender, InvalidNumber, Number};
use super::*;

fn pointer(settings: &str) -> Option<&'static str> {
    let provider: Provider = serde_json::from_str(settings).expect("a provider");
    provider.checked().err().map(|error| error.pointer)
}

#[test]
fn settings_are_checked_by_what_the_providers_take() {
    let hex = "0123456789abcdef0123456789abcdef";
    for (settings, expected) in [
        (r#"{"kind":"twilio"}"#.to_owned(), None),
        (format!(r#"{{"kind":"twilio","messagingServiceSid":"MG{hex}"}}"#), None),
        (
            r#"{"kind":"twilio","messagingServiceSid":"MG1"}"#.to_owned(),
            Some("/messagingServiceSid"),
        ),
        (r#"{"kind":"twilio","validitySeconds":36001}"#.to_owned(), Some("/validitySeconds")),
        (
            r#"{"kind":"twilio","account":{"accountSid":"AC1","credentials":"ssm:/volley/a"}}"#
                .to_owned(),
            Some("/account/accountSid"),
        ),
        (r#"{"kind":"aws","maxPrice":"0.05","timeToLiveSeconds":5}"#.to_owned(), None),
        (r#"{"kind":"aws","maxPrice":"1"}"#.to_owned(), Some("/maxPrice")),
        (r#"{"kind":"aws","timeToLiveSeconds":4}"#.to_owned(), Some("/timeToLiveSeconds")),
        (r#"{"kind":"aws","originationIdentity":""}"#.to_owned(), Some("/originationIdentity")),
    ] {
        assert_eq!(pointer(&settings), expected, "{settings}");
    }
}

#[test]
fn people_can_write_to_every_number_and_short_code() {
    let phone = Phone::from_e164("+14153550100").expect("valid");
    let addresses = |settings: &str| {
        let provider = serde_json::from_str(settings).expect("a provider");
        Sender::new(phone.clone(), provider).addresses().into_iter().collect::<Vec<_>>()
    };
    let pool =
        r#"{"kind":"aws","originationIdentity":"pool-1","numbers":["12345","+14153550101"]}"#;
    assert_eq!(addresses(pool), ["+14153550100", "+14153550101", "12345"]);
    let code = r#"{"kind":"aws","originationIdentity":"12345"}"#;
    assert_eq!(addresses(code), ["+14153550100", "12345"]);
    for number in ["12", "123456789", "BANK", "", "14153550100"] {
        assert_eq!(Number::try_from(number.to_owned()), Err(InvalidNumber), "{number}");
    }
}

#[test]
fn aws_takes_shorter_bodies() {
    let aws = Provider::Aws(AwsSender::default());
    assert!(aws.check_body(&"a".repeat(1_530)).is_ok());
    assert!(aws.check_body(&"a".repeat(1_531)).is_err());
    assert!(aws.check_body(&"я".repeat(630)).is_ok());
    assert!(aws.check_body(&"я".repeat(631)).is_err());
    assert!(Provider::default().check_body(&"я".repeat(1_600)).is_ok());
}

#[test]
fn a_slow_number_at_aws_is_asked_one_by_one() {
    let phone = Phone::from_e164("+14153550100").expect("valid");
    let at_once = |provider, parts_per_second| {
        let sender = Sender::new(phone.clone(), provider);
        Sender { parts_per_second, ..sender }.at_once()
    };
    let aws = || Provider::Aws(AwsSender::default());
    assert_eq!([1, 10, 100].map(|rate| at_once(aws(), rate)), [1, 10, 25]);
    assert_eq!(at_once(Provider::default(), 1), 25);
}
