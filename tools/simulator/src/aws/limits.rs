//! Checks of the model's patterns. Lengths and types are checked where a member is read.

fn all(text: &str, is: impl Fn(char) -> bool) -> bool {
    !text.is_empty() && text.chars().all(is)
}

/// `\+?[1-9][0-9]{1,18}`
pub(super) fn phone(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    (2..=19).contains(&digits.len())
        && !digits.starts_with('0')
        && all(digits, |c| c.is_ascii_digit())
}

/// `[A-Za-z0-9_:/\+-]+`: a phone, or the name or ARN of something that has one.
pub(super) fn identity(text: &str) -> bool {
    all(text, |c| c.is_ascii_alphanumeric() || "_:/+-".contains(c))
}

/// `[A-Za-z0-9_:/-]+`
pub(super) fn name(text: &str) -> bool {
    identity(text) && !text.contains('+')
}

/// `(?!\s*$)[\s\S]+`: anything that is not blank.
pub(super) fn body(text: &str) -> bool {
    !text.chars().all(is_space)
}

/// `[ \S]+`: the only white space is the space itself.
pub(super) fn keyword(text: &str) -> bool {
    all(text, |c| c == ' ' || !is_space(c))
}

/// `[0-9]{0,2}\.[0-9]{1,5}`: US dollars.
pub(super) fn price(text: &str) -> bool {
    text.split_once('.').is_some_and(|(dollars, rest)| {
        dollars.len() <= 2
            && (1..=5).contains(&rest.len())
            && dollars.bytes().chain(rest.bytes()).all(|byte| byte.is_ascii_digit())
    })
}

/// `\S+`
pub(super) fn word(text: &str) -> bool {
    all(text, |c| !is_space(c))
}

/// `(?!\s)^[\s\S]+(?<!\s)`: no white space at either end.
pub(super) fn trimmed(text: &str) -> bool {
    !text.is_empty() && !text.starts_with(is_space) && !text.ends_with(is_space)
}

/// The white space of the patterns, which is ASCII only.
fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\u{b}' | '\u{c}' | '\r')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        for (is, good, bad) in [
            (phone as fn(&str) -> bool, "+14153550123", "+04153550123"),
            (phone, "491711234567", "+1 415 355 0123"),
            (identity, "arn:aws:sms-voice:us-east-1:1:pool/pool-1", "My Shop"),
            (name, "volley", "+volley"),
            (body, " a ", " \n "),
            (keyword, "KEY WORD", "KEY\tWORD"),
            (price, ".05", "0,05"),
            (price, "12.00001", "123.0"),
            (word, "campaign", "a b"),
            (trimmed, "a b", "a "),
        ] {
            assert!(is(good), "{good}");
            assert!(!is(bad), "{bad}");
            assert!(!is(""));
        }
    }
}
