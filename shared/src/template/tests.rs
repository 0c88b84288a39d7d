use proptest::prelude::*;

use super::*;
use crate::contact::Contact;
use crate::contact::{Attribute, Profile};
use crate::ids::{ContactId, OrganizationId};
use crate::phone::Phone;
use crate::time::Timestamp;
use uuid::Uuid;

fn contact(first_name: Option<&str>, attributes: &[(&str, &str)]) -> Contact {
    let attributes = attributes.iter().map(|(name, value)| ((*name).to_owned(), (*value).into()));
    let profile = Profile {
        phone: Phone::from_e164("+14155550123").ok(),
        first_name: first_name.map(str::to_owned),
        attributes: attributes.collect(),
        ..Profile::default()
    };
    Contact {
        id: ContactId(Uuid::nil()),
        organization_id: OrganizationId(Uuid::nil()),
        profile,
        imported: None,
        created_at: Timestamp::EPOCH,
        updated_at: Timestamp::EPOCH,
    }
}

fn ana() -> Contact {
    let attributes = [
        ("Store name", "Austin <North>"),
        ("Renewal", "2026-03-05"),
        ("Points", "12345.678"),
        ("Blank", "  "),
    ];
    contact(Some("Ana"), &attributes)
}

/// The values of a contact that its text depends on.
fn fields_of(template: &Template, contact: &Contact) -> Fields {
    let value = |field: &MergeField| Some((field.clone(), field.of(contact)?));
    template.fields().iter().filter_map(value).collect()
}

fn render(source: &str, contact: &Contact) -> Result<String, Unrenderable> {
    let template = Template::parse(source).unwrap_or_else(|error| panic!("{source}: {error}"));
    template.render(&fields_of(&template, contact))
}

fn check(source: &str, expected: &str) {
    assert_eq!(render(source, &ana()).as_deref(), Ok(expected), "{source}");
}

#[test]
fn fields_are_merged_as_plain_text() {
    check(
        "Hi {{ firstName }}, come to {{ attributes[\"Store name\"] }}.",
        "Hi Ana, come to Austin <North>.",
    );
    check("{{ attributes['Store name'] }} & {{ phone }}", "Austin <North> & +14155550123");
    check("{{ attributes.Points }}", "12345.678");
    check("No field\n", "No field\n");
    check("50% off {# not yet #}now", "50% off now");
    check("{{ \"{{ braces }}\" }}", "{{ braces }}");
    check("{{ 5 }}", "5");
}

#[test]
fn missing_fields_need_a_default() {
    let missing = |name: &str| Err(Unrenderable::MissingField(name.parse().expect("a field")));
    assert_eq!(render("Hi {{ lastName }}", &ana()), missing("lastName"));
    assert_eq!(render("Hi {{ lastName | upper }}", &ana()), missing("lastName"));
    assert_eq!(render("Hi {{ firstName ~ lastName }}", &ana()), missing("lastName"));
    check("Hi {{ lastName | default(\"there\") }}", "Hi there");
    check("Hi {{ lastName | default(firstName) }}", "Hi Ana");
    check("{{ attributes.Blank | default('none') }}", "none");
    check("{% if lastName %}Mx {{ lastName }}{% else %}{{ firstName }}{% endif %}", "Ana");
    check(
        "{% if lastName is defined %}x{% elif firstName is not defined %}y{% else %}z{% endif %}",
        "z",
    );
    check("{{ 'gold' if attributes.Points else 'new' }}", "gold");
    check("{%- if firstName == 'Ana' and not lastName -%} yes {%- endif %}", "yes");
}

#[test]
fn filters_change_texts() {
    check("{{ firstName | upper }}{{ firstName | lower }}", "ANAana");
    check("{{ \"mary-ann o'NEIL\" | title }}", "Mary-Ann O'neil");
    check(
        "{{ ' a ' | trim }}|{{ 'abcdef' | truncate(5) }}|{{ 'abc' | truncate(3) }}",
        "a|ab...|abc",
    );
    check("{{ 'abcdef' | truncate(4, end='') }}", "abcd");
    check("{{ attributes.Renewal | date }}", "March 5, 2026");
    check("{{ attributes.Renewal | date('%d.%m.%Y') }}", "05.03.2026");
    check(
        "{{ attributes.Points | number }} {{ attributes.Points | number(2) }}",
        "12,346 12,345.68",
    );
    check("{{ attributes.Points | number(1, thousands='.', point=',') }}", "12.345,7");
    for source in [
        "{{ firstName | date }}",
        "{{ firstName | number }}",
        "{{ 1 | number(7) }}",
        "{{ firstName | truncate }}",
        "{{ firstName | truncate(3, 4) }}",
        "{{ firstName | truncate(3, width=4) }}",
        "{{ [firstName] }}",
    ] {
        let error = render(source, &ana()).expect_err("an error");
        assert_eq!(error.detail(), Detail::Error, "{source}: {error}");
    }
}

#[test]
fn a_list_is_shown_with_commas() {
    let stores = Attribute::List(vec!["North".to_owned(), "South".to_owned()]);
    let mut contact = ana();
    contact.profile.attributes.insert("Stores".to_owned(), stores);
    assert_eq!(render("{{ attributes.Stores }}", &contact).as_deref(), Ok("North, South"));
}

#[test]
fn a_text_has_limits() {
    let long = |times: usize| format!("{{{{ firstName }}}}{}", "x".repeat(times));
    assert!(render(&long(1_597), &ana()).is_ok());
    assert_eq!(render(&long(1_598), &ana()), Err(Unrenderable::TooLong(1_600)));
    assert_eq!(render("{{ ' ' }}", &ana()), Err(Unrenderable::Blank));
    let control = contact(Some("a\u{7}"), &[]);
    assert_eq!(render("{{ firstName }}", &control).expect_err("a control").detail(), Detail::Error);
}

#[test]
fn mistakes_are_found_with_their_position() {
    for (source, position, reason) in [
        ("Hi {{ firstName", (1, 4), ""),
        ("Hi\n{{ first Name }}", (2, 4), r#""first" must be one of the fields firstName,"#),
        ("{{ User.UserAttributes.FirstName }}", (1, 4), "must be one of the fields"),
        ("{{ firstName | shout }}", (1, 16), "must be one of the filters default,"),
        ("{{ firstName is string }}", (1, 17), "must be one of the tests"),
        ("{% for x in attributes %}{% endfor %}", (1, 4), "must be one of if, elif, else, endif"),
        ("é {% set x = 1 %}", (1, 6), "must be one of if"),
        ("{% include 'x' %}", (1, 4), "must be one of if"),
        ("{% %}", (1, 1), "must be one of if"),
        ("{{ attributes }}", (1, 4), "write attributes[\"NAME\"]"),
        ("{{ attributes[firstName] }}", (1, 4), "write attributes[\"NAME\"]"),
        ("{{ attributes.a.b }}", (1, 17), "only attributes have fields"),
        ("{{ firstName.upper() }}", (1, 14), "only attributes have fields"),
        ("{{ range(5) }}", (1, 4), "must be one of the fields"),
        ("{{ firstName(5) }}", (1, 13), "calls are not supported"),
        ("{{ {'a': 1} }}", (1, 4), "maps are not supported"),
        ("{% if firstName %}x", (1, 0), ""),
        ("{{ firstName | }}", (1, 0), ""),
        ("{% endif %}", (1, 0), ""),
    ] {
        match Template::parse(source) {
            Err(InvalidTemplate::At { line, column, reason: found }) => {
                assert!(found.contains(reason), "{source}: {found}");
                assert_eq!(line, position.0, "{source}: {found}");
                if position.1 > 0 && !reason.is_empty() {
                    assert_eq!(column, position.1, "{source}: {found}");
                }
            }
            other => panic!("{source}: {other:?}"),
        }
    }
    for source in ["", " ", "\u{0}x", &"x".repeat(MAX_SOURCE + 1)] {
        assert!(matches!(Template::parse(source), Err(InvalidTemplate::Source(_))), "{source:.9}");
    }
}

#[test]
fn a_template_knows_its_fields() {
    let source =
        "{{ firstName }}{% if attributes.City == 'x' %}{{ attributes[\"A b\"] }}{% endif %}";
    let template = Template::parse(source).expect("a template");
    let names: Vec<String> = template.fields().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["firstName", "attributes[\"A b\"]", "attributes[\"City\"]"]);
}

/// What would take long, or much memory, ends in an error.
#[test]
fn hostile_sources_end() {
    let nested = format!("{{{{ {}1{} }}}}", "(".repeat(3_000), ")".repeat(3_000));
    let branches = "{% if 1 %}".repeat(700);
    let doubled = format!("{{{{ 'x' {} }}}}", "~ firstName | upper".repeat(300));
    for source in [
        "{{ 'x' * 100000000 }}",
        "{{ 'x' * 10000000000 }}",
        "{{ ('x' * 10000) * 10000 }}",
        "{{ [1] * 1000000000 }}",
        "{{ ('%B' * 1000000) | upper | lower }}",
        "{{ 10 ** 1000000 }}",
        "{{ 1 // 0 }}",
        "{{ firstName | date('%B' * 100) }}",
        &nested,
        &branches,
        &doubled,
    ] {
        if let Ok(template) = Template::parse(source) {
            let _ = template.render(&fields_of(&template, &ana()));
        }
    }
}

fn any_source() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        " firstName ",
        " lastName ",
        "attributes",
        "[\"City\"]",
        ".Points",
        "|",
        " upper",
        " default('x')",
        "('",
        "'",
        ")",
        "\"",
        "if ",
        "else",
        "endif",
        "for ",
        " in ",
        "*",
        "~",
        "**",
        "9999999999",
        " is defined",
        "-",
        "\n",
        "é",
        "Hi ",
        "\\",
        "{{ firstName }}",
        "{% if lastName %}",
        "{% endif %}",
        "{{ attributes.City | default('x') | title }}",
    ]);
    prop::collection::vec(pieces, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    /// What a recipient reads depends on the frozen fields alone: they survive storage, and other
    /// fields of the contact do not matter.
    #[test]
    fn a_text_is_a_function_of_the_fields(
        source in any_source(), city in prop::option::of("[ -~]{0,12}"), other in "\\PC{0,9}"
    ) {
        let Ok(template) = Template::parse(&source) else { return Ok(()) };
        let attributes: Vec<(&str, &str)> = city.iter().map(|city| ("City", city.as_str())).collect();
        let one = contact(Some("Ana"), &attributes);
        let fields = fields_of(&template, &one);
        let mut changed = one.clone();
        changed.profile.email = Some(other.clone());
        changed.profile.attributes.insert("Other".to_owned(), other.as_str().into());
        let stored: Vec<(MergeField, String)> =
            fields.iter().map(|(field, value)| (field.clone(), value.to_owned())).collect();
        let text = template.render(&fields);
        prop_assert_eq!(&template.render(&stored.into_iter().collect()), &text);
        prop_assert_eq!(&template.render(&fields_of(&template, &changed)), &text);
        if let Ok(text) = text {
            prop_assert!(text.chars().count() <= MAX_CHARACTERS);
        }
    }

    #[test]
    fn any_text_is_a_template_or_is_refused(source in "\\PC{0,80}") {
        if let Ok(template) = Template::parse(&source) {
            let _ = template.render(&fields_of(&template, &ana()));
        }
    }
}

#[test]
fn fields_are_named_outside_of_bodies_as_well() {
    for field in ["firstName", "attributes[\"A b\"]"] {
        let named = MergeField::named(field).expect("a field");
        assert_eq!(named.to_string(), field);
    }
    assert_eq!(
        MergeField::named("attributes.City"),
        Some(MergeField::Attribute("City".to_owned()))
    );
    for none in ["", "nickname", "attributes", "attributes.", "attributes[\"\"]"] {
        assert_eq!(MergeField::named(none), None, "{none}");
    }
}
