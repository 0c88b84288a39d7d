use uuid::Uuid;

use super::*;
use crate::contact::{Contact, Profile};
use crate::ids::{ContactId, MessageId, OrganizationId};
use crate::phone::Phone;
use crate::sender::Provider;
use crate::template::Unrenderable;
use crate::time::Timestamp;

fn phone() -> Phone {
    Phone::from_e164("+14155550123").expect("valid")
}

fn named(first_name: &str) -> Contact {
    Contact {
        id: ContactId(Uuid::nil()),
        organization_id: OrganizationId(Uuid::nil()),
        profile: Profile { first_name: Some(first_name.to_owned()), ..Profile::default() },
        imported: None,
        created_at: Timestamp::EPOCH,
        updated_at: Timestamp::EPOCH,
    }
}

fn greeting() -> Body {
    Body::parse("Hi {{ firstName }}", Format::Template).expect("valid")
}

fn frozen(body: &Body, first_name: &str) -> Result<Recipient, Unrenderable> {
    let template = body.template().expect("a template").expect("valid");
    let merge = Merge::freeze(
        template,
        body.fields_of(template, Some(&named(first_name))),
        &Provider::default(),
    )?;
    Ok(Recipient { merge: Some(Box::new(merge)), ..Recipient::of_phone(phone()) })
}

#[test]
fn a_body_has_a_limit_and_is_kept_as_written() {
    let body = Body::parse(" Hi ", Format::Text).expect("valid");
    assert_eq!(body.as_str(), " Hi ");
    assert!(Body::parse(&"a".repeat(MAX_CHARACTERS), Format::Text).is_ok());
    let too_long = Body::parse(&"a".repeat(MAX_CHARACTERS + 1), Format::Text);
    assert_eq!(too_long, Err(InvalidText::TooLong(MAX_CHARACTERS).into()));
    assert_eq!(Body::parse(" ", Format::Text), Err(InvalidText::Blank.into()));
    assert_eq!(Body::from(String::new()), EMPTY);
    assert!(Body::parse("{{ nickname }}", Format::Template).is_err());
    let braces = Body::parse("{{ nickname }}", Format::Text).expect("plain");
    assert_ne!(braces, Body::stored(braces.as_str().to_owned(), Format::Template));
}

#[test]
fn braces_make_a_template() {
    for (written, format) in [
        ("Hi", Format::Text),
        ("{ } }} %}", Format::Text),
        ("{{ firstName }}", Format::Template),
        ("{% if firstName %}x{% endif %}", Format::Template),
    ] {
        assert_eq!(Format::guess(written), format, "{written}");
    }
}

#[test]
fn parts_add_up_over_recipients() {
    let body = Body::from("a".repeat(200));
    let recipient = Recipient::of_phone(phone());
    let (parts, three) = (body.parts_for(&recipient), vec![recipient.clone(); 3]);
    let text = body.text_for(&recipient).expect("a text");
    assert_eq!(parts, Parts::of(&text).count);
    assert_eq!(body.parts_of_each(&three), [2, 2, 2]);
    assert_eq!((body.parts_of_all(&three), body.parts_of_any(3)), (6, 6));
    assert_eq!(body.rendered(three.clone()), Some(three));
}

#[test]
fn each_recipient_of_a_template_has_a_text() {
    let body = greeting();
    let (ana, long) = (frozen(&body, "Ana"), frozen(&body, &"x".repeat(200)));
    let (ana, long) = (ana.expect("a recipient"), long.expect("a recipient"));
    assert_eq!(body.text_for(&ana).as_deref(), Some("Hi Ana"));
    assert_eq!(body.parts_of_each(&[ana.clone(), long.clone()]), [1, 2]);
    assert_eq!(body.parts_of_all(&[ana.clone(), long]), 3);
    let rendered = body.rendered(vec![ana]).expect("texts");
    assert_eq!(rendered[0].merge.as_ref().and_then(|merge| merge.text.as_deref()), Some("Hi Ana"));
}

/// Nothing is sent that was not rendered when the audience was cut.
#[test]
fn another_text_is_never_sent() {
    let ana = frozen(&greeting(), "Ana").expect("a recipient");
    let edited = Body::stored("Dear {{ firstName }}".to_owned(), Format::Template);
    assert_eq!(edited.text_for(&ana), None);
    assert_eq!(edited.rendered(vec![ana.clone()]), None);
    let invalid = Body::stored("{{ firstName | shout }}".to_owned(), Format::Template);
    assert_eq!(invalid.text_for(&ana), None);
    assert_eq!(invalid.rendered(vec![ana]), None);
    let unknown = Recipient::of_phone(phone());
    assert_eq!(greeting().text_for(&unknown), None);
}

#[test]
fn a_text_that_is_too_long_for_the_provider_is_refused() {
    use crate::sender::aws::AwsSender;
    let body = Body::parse("{{ firstName | default('x') }}ж", Format::Template).expect("valid");
    let template = body.template().expect("a template").expect("valid");
    let aws = Provider::Aws(AwsSender::default());
    let long = named(&"ж".repeat(1_000));
    let freeze =
        |provider| Merge::freeze(template, body.fields_of(template, Some(&long)), provider);
    let twilio = Provider::default();
    assert!(freeze(&twilio).is_ok());
    assert!(matches!(freeze(&aws), Err(Unrenderable::TooLong(_))));
}

#[test]
fn defaults_fill_in_for_missing_fields() {
    let body = greeting();
    assert!(body.preview(&unnamed(), &Provider::default()).is_err());
    let with = body.clone().with_defaults([(MergeField::FirstName, "there".to_owned())].into());
    assert_ne!(with, body);
    assert_eq!(with.preview(&unnamed(), &Provider::default()).as_deref(), Ok("Hi there"));
    assert_eq!(with.preview(&named("Ana"), &Provider::default()).as_deref(), Ok("Hi Ana"));
    let plain = Body::from("Hi".to_owned()).with_defaults(with.defaults());
    assert!(plain.defaults().is_empty());
}

fn unnamed() -> Contact {
    Contact { profile: Profile::default(), ..named("") }
}

/// An erased recipient has no text, and that does not pause the others.
#[test]
fn nothing_is_rendered_for_an_erased_recipient() {
    let body = greeting();
    let ana = frozen(&body, "Ana").expect("frozen");
    let erased = ana.erased(MessageId(Uuid::nil()));
    assert_eq!(body.parts_for(&erased), body.parts_for(&ana));
    let rendered = body.rendered(vec![erased.clone(), ana]).expect("unchanged");
    assert_eq!(rendered[0], erased);
    assert_eq!(body.text_for(&rendered[1]).as_deref(), Some("Hi Ana"));
    assert_eq!(body.text_for(&erased), None);
}
