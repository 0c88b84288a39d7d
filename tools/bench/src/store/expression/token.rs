//! Expressions as tokens.

use super::Invalid;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// A bare word, a `#name` or a `"quoted name"`.
    Word(String),
    Quoted(String),
    Value(String),
    Mark,
    Text(String),
    Number(String),
    Sign(&'static str),
}

const SIGNS: [&str; 17] =
    ["<>", "<=", ">=", "!=", "=", "<", ">", "(", ")", "[", "]", "{", "}", ",", ":", ".", "+"];

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, Invalid> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = match first {
            '\'' => quoted(rest, '\'').map(|(text, after)| (Token::Text(text), after))?,
            '"' => quoted(rest, '"').map(|(text, after)| (Token::Quoted(text), after))?,
            '?' => (Token::Mark, &rest[1..]),
            ':' if rest[1..].starts_with(is_word) => {
                let (word, after) = split(&rest[1..]);
                (Token::Value(format!(":{word}")), after)
            }
            '#' => {
                let (word, after) = split(&rest[1..]);
                (Token::Word(format!("#{word}")), after)
            }
            '-' => (Token::Sign("-"), &rest[1..]),
            _ if first.is_ascii_digit() => {
                let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
                (Token::Number(rest[..end].to_owned()), &rest[end..])
            }
            _ if is_word(first) => {
                let (word, after) = split(rest);
                (Token::Word(word.to_owned()), after)
            }
            _ => {
                let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign));
                let sign = sign.ok_or_else(|| Invalid(format!("unexpected {rest}")))?;
                (Token::Sign(sign), &rest[sign.len()..])
            }
        };
        tokens.push(token);
        rest = after.trim_start();
    }
    Ok(tokens)
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn split(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c| !is_word(c)).unwrap_or(text.len()))
}

fn quoted(text: &str, quote: char) -> Result<(String, &str), Invalid> {
    let end = text[1..].find(quote).ok_or_else(|| Invalid(format!("no end of {text}")))?;
    Ok((text[1..=end].to_owned(), &text[end + 2..]))
}
