//! The tags of a source and the tokens in them, as far as they need checking.
//!
//! The template engine reads the source once more and reports its own syntax errors. So a tag that never
//! ends is not an error here.

/// A tag: `{{ … }}` or `{% … %}`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Tag<'s> {
    pub(super) kind: Kind,
    /// Where it begins, in bytes.
    pub(super) at: usize,
    pub(super) tokens: Vec<Token<'s>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Expression,
    Statement,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'s> {
    pub(super) at: usize,
    pub(super) what: What<'s>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What<'s> {
    Name(&'s str),
    /// A string without its quotes, escapes as written.
    Text(&'s str),
    Number,
    Sign(char),
}

pub(super) fn tags(source: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(found) = source[at..].find('{') {
        at += found;
        let rest = &source[at..];
        let (kind, end) = match rest.as_bytes().get(1) {
            Some(b'{') => (Kind::Expression, "}}"),
            Some(b'%') => (Kind::Statement, "%}"),
            Some(b'#') => {
                at = rest.find("#}").map_or(source.len(), |length| at + length + 2);
                continue;
            }
            Some(_) | None => {
                at += 1;
                continue;
            }
        };
        let (tokens, next) = tokens(source, at + 2, end);
        tags.push(Tag { kind, at, tokens });
        at = next;
    }
    tags
}

/// The tokens from `at` to the tag's end, and the place after it.
fn tokens<'s>(source: &'s str, mut at: usize, end: &str) -> (Vec<Token<'s>>, usize) {
    let mut tokens = Vec::new();
    while let Some(first) = source[at..].chars().next() {
        let rest = &source[at..];
        if rest.starts_with(end) {
            return (tokens, at + end.len());
        }
        let (what, length) = match first {
            '"' | '\'' => {
                let length = quoted(rest, first);
                let inside = &rest[1..length];
                (What::Text(inside.strip_suffix(first).unwrap_or(inside)), length)
            }
            c if is_in_name(c) => {
                let is_number = c.is_ascii_digit();
                let is_part = |c: char| is_in_name(c) || (is_number && c == '.');
                let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
                let what = if is_number { What::Number } else { What::Name(&rest[..length]) };
                (what, length)
            }
            c => (What::Sign(c), c.len_utf8()),
        };
        if !matches!(what, What::Sign(c) if c.is_whitespace()) {
            tokens.push(Token { at, what });
        }
        at += length;
    }
    (tokens, source.len())
}

fn is_in_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The length of a string with its quotes; all of `rest` if it never ends.
fn quoted(rest: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (place, c) in rest.char_indices().skip(1) {
        if is_escaped {
            is_escaped = false;
        } else if c == '\\' {
            is_escaped = true;
        } else if c == quote {
            return place + 1;
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tags_are_found_around_strings_and_comments() {
        let source = r#"a {# {{ x }} #} {{ b | c("}}") }} {% if d['\'%}'] %}"#;
        let tags = tags(source);
        let whats = |tag: usize| tags[tag].tokens.iter().map(|t| t.what).collect::<Vec<_>>();
        let (name, sign) = (What::Name, What::Sign);
        let call = [name("b"), sign('|'), name("c"), sign('('), What::Text("}}"), sign(')')];
        assert_eq!(whats(0), call);
        let item = [name("if"), name("d"), sign('['), What::Text(r"\'%}"), sign(']')];
        assert_eq!(whats(1), item);
        assert_eq!((tags.len(), tags[1].kind), (2, Kind::Statement));
    }

    proptest! {
        #[test]
        fn any_text_is_scanned(source in r#"([{}%#"'\\ a1.é|]|\PC){0,60}"#) {
            for tag in tags(&source) {
                prop_assert_eq!(source.as_bytes()[tag.at], b'{');
            }
        }
    }
}
