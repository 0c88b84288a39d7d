//! E-mail addresses.
//!
//! Source: the WHATWG's "valid e-mail address" (HTML, 4.10.5.1.5), which browsers accept. It has
//! neither comments nor quotes. Letters, digits and symbols of other scripts are also allowed, as
//! in RFC 6531 and internationalized domain names.

use icu_properties::props::{GeneralCategory, GeneralCategoryGroup};
use unicode_normalization::UnicodeNormalization;

use super::visible::{category, is_visible};

/// Source: RFC 5321, 4.5.3.1, also for the next two. In bytes of UTF-8.
const MAX_BYTES: usize = 254;
const MAX_LOCAL_BYTES: usize = 64;
const MAX_LABEL_BYTES: usize = 63;

/// Why a text is not an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidEmail {
    #[error("must be an email address, such as ana@example.com")]
    Form,
    #[error("must be a single address, without a display name or a second address")]
    NotOne,
    #[error("must be at most {MAX_BYTES} bytes, with at most {MAX_LOCAL_BYTES} before the @")]
    TooLong,
}

/// An address without the marks around it.
pub fn email(text: &str) -> Result<String, InvalidEmail> {
    let text = text.trim();
    let separates = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '<' | '>' | '"' | '|');
    if text.contains(separates) || text.matches('@').count() > 1 {
        return Err(InvalidEmail::NotOne);
    }
    let (local, domain) = text.split_once('@').ok_or(InvalidEmail::Form)?;
    if text.len() > MAX_BYTES || local.len() > MAX_LOCAL_BYTES {
        return Err(InvalidEmail::TooLong);
    }
    let is_address =
        !local.is_empty() && local.chars().all(is_local) && domain.split('.').all(is_label);
    if is_address { Ok(text.to_owned()) } else { Err(InvalidEmail::Form) }
}

fn is_local(c: char) -> bool {
    c.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c) || is_international(c)
}

fn is_label(label: &str) -> bool {
    (1..=MAX_LABEL_BYTES).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || is_international(c))
}

/// A visible letter, mark, digit or symbol of another script. A compatibility form of ASCII
/// punctuation, such as the fullwidth `＠`, would read as a second separator.
fn is_international(c: char) -> bool {
    let groups = [
        GeneralCategoryGroup::Letter,
        GeneralCategoryGroup::Mark,
        GeneralCategoryGroup::Number,
        GeneralCategoryGroup::Symbol,
    ];
    let category: GeneralCategory = category(c);
    !c.is_ascii()
        && c != char::REPLACEMENT_CHARACTER
        && is_visible(c)
        && groups.iter().any(|group| group.contains(category))
        && std::iter::once(c).nfkc().all(|c| !c.is_ascii() || c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_address_is_taken() {
        for address in [
            "ana@example.com",
            "ana.o'neil+spring@mail.example.co.uk",
            "a@b",
            "_x_@a-b.example",
            "用户@例子.公司",
            "zoë@bücher.example",
            "i@i\u{2764}.ws",
            "docomo..user.@docomo.ne.jp",
        ] {
            assert_eq!(email(address).as_deref(), Ok(address));
        }
        assert_eq!(email("\t ana@example.com\u{a0}\n").as_deref(), Ok("ana@example.com"));
    }

    #[test]
    fn anything_else_is_refused() {
        for (written, reason) in [
            ("ana", InvalidEmail::Form),
            ("", InvalidEmail::Form),
            ("@example.com", InvalidEmail::Form),
            ("ana@", InvalidEmail::Form),
            ("ana@example..com", InvalidEmail::Form),
            ("ana@.example.com", InvalidEmail::Form),
            ("ana@example.com.", InvalidEmail::Form),
            ("ana@-example.com", InvalidEmail::Form),
            ("ana@exa_mple.com", InvalidEmail::Form),
            ("ana@[192.0.2.1]", InvalidEmail::Form),
            ("mailto:ana@example.com", InvalidEmail::Form),
            ("ana(work)@example.com", InvalidEmail::Form),
            ("ana\u{200b}@example.com", InvalidEmail::Form),
            ("ana\u{202e}@example.com", InvalidEmail::Form),
            ("ana\u{7}@example.com", InvalidEmail::Form),
            ("ana@example\u{ff0e}com", InvalidEmail::Form),
            ("ana@example\u{3002}com", InvalidEmail::Form),
            ("a@b\u{ff20}c", InvalidEmail::Form),
            ("an\u{fffd}@example.com", InvalidEmail::Form),
            ("a@b@c", InvalidEmail::NotOne),
            ("ana@example.com, bo@example.com", InvalidEmail::NotOne),
            ("ana@example.com;bo@example.com", InvalidEmail::NotOne),
            ("ana@example.com bo", InvalidEmail::NotOne),
            ("an a@example.com", InvalidEmail::NotOne),
            ("ana@exam\u{a0}ple.com", InvalidEmail::NotOne),
            ("Ana <ana@example.com>", InvalidEmail::NotOne),
            ("<ana@example.com>", InvalidEmail::NotOne),
            ("\"a b\"@example.com", InvalidEmail::NotOne),
        ] {
            assert_eq!(email(written), Err(reason), "{written:?}");
        }
    }

    #[test]
    fn lengths_are_those_of_smtp() {
        let local = "a".repeat(64);
        assert!(email(&format!("{local}@example.com")).is_ok());
        assert_eq!(email(&format!("{local}a@example.com")), Err(InvalidEmail::TooLong));
        let domain = vec!["a".repeat(47); 4].join(".");
        assert!(email(&format!("{}@{domain}", "a".repeat(62))).is_ok());
        assert_eq!(email(&format!("{}@{domain}", "a".repeat(63))), Err(InvalidEmail::TooLong));
        assert!(email(&format!("a@{}.com", "b".repeat(63))).is_ok());
        assert_eq!(email(&format!("a@{}.com", "b".repeat(64))), Err(InvalidEmail::Form));
    }

    proptest! {
        #[test]
        fn what_is_taken_has_one_separator_and_nothing_invisible(text in "\\PC{0,20}@\\PC{0,20}") {
            if let Ok(address) = email(&text) {
                prop_assert_eq!(address.matches('@').count(), 1);
                prop_assert!(address.chars().all(is_visible));
                prop_assert_eq!(email(&address), Ok(address.clone()));
            }
        }
    }
}
