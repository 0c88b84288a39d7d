use super::*;

fn refused(profile: Profile) -> &'static str {
    profile.checked().expect_err("refused").field
}

#[test]
fn blank_fields_are_absent_and_bad_ones_named() {
    let profile = Profile {
        first_name: Some("  ".to_owned()),
        email: Some(" a@b.example ".to_owned()),
        external_id: Some(" 007 ".to_owned()),
        language: Some(" ".to_owned()),
        ..Profile::default()
    };
    let checked = profile.checked().expect("valid");
    assert_eq!(checked.first_name, None);
    assert_eq!(checked.email.as_deref(), Some("a@b.example"));
    assert_eq!(checked.external_id.as_deref(), Some("007"));
    assert_eq!(checked.language, None);
    let bad = Profile { email: Some("nobody".to_owned()), ..Profile::default() };
    assert_eq!(refused(bad), "email");
    let bad = Profile { external_id: Some("a\nb".to_owned()), ..Profile::default() };
    assert_eq!(refused(bad), "externalId");
}

#[test]
fn attributes_are_bounded() {
    let many = (0..21).map(|n| (n.to_string(), "".into())).collect();
    let large = [("a".to_owned(), "x".repeat(2_048).into())].into();
    let list = [("a".to_owned(), Attribute::List(vec![String::new(); 2_049]))].into();
    for attributes in [many, large, list] {
        assert_eq!(refused(Profile { attributes, ..Profile::default() }), "attributes");
    }
    let empty = [("a".to_owned(), Attribute::List(Vec::new()))].into();
    let checked = Profile { attributes: empty, ..Profile::default() }.checked().expect("valid");
    assert!(checked.attributes.is_empty());
}

#[test]
fn tags_are_short_lines() {
    let tags = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect();
    assert_eq!(check_tags(&tags(&[" vip ", "vip"])), Ok(tags(&["vip"])));
    let long = "ä".repeat(33);
    for refused in [&long, " ", "a\nb", "a\u{7}"] {
        assert!(check_tags(&tags(&[refused])).is_err(), "{refused}");
    }
    let many = (0..51).map(|n| n.to_string()).collect();
    assert!(check_tags(&many).is_err());
}

#[test]
fn languages_are_tags_of_bcp_47() {
    let language = |text: &str| checked_language(Some(text)).map_err(|error| error.field);
    for tag in ["en", "es-419", "zh-Hant-TW", "de-CH-1996"] {
        assert_eq!(language(tag), Ok(Some(tag.to_owned())));
    }
    for text in ["e", "english language", "en_US", "en-", "419", &"en-aaaaaaaa".repeat(4)] {
        assert_eq!(language(text), Err("language"), "{text}");
    }
}

#[test]
fn a_profile_names_the_field_with_which_it_becomes_too_large() {
    let name = |letters: usize| Some("ä".repeat(letters));
    let tags: BTreeSet<String> = (10..60).map(|n| format!("{n}{}", "x".repeat(62))).collect();
    let profile = Profile { first_name: name(200), tags: tags.clone(), ..Profile::default() };
    assert_eq!(refused(profile), "tags");
    let attributes: BTreeMap<_, _> = [("a".to_owned(), Attribute::from("x".repeat(2_000)))].into();
    let half = tags.into_iter().take(24).collect();
    let profile = Profile { tags: half, attributes, ..Profile::default() };
    assert_eq!(refused(profile), "attributes");
}
