//! Detects the delimiter of a file.

/// Delimiters, most common first.
const DELIMITERS: [char; 4] = [',', ';', '\t', '|'];

/// The delimiters that a file may have, most likely first, judging by the unquoted part of its
/// first line with text.
pub(super) fn candidates(text: &str) -> Vec<char> {
    let mut counts = [0_usize; DELIMITERS.len()];
    let mut before = counts;
    let (mut is_quoted, mut has_text) = (false, false);
    // A quote opens a cell only at its start; elsewhere it is text.
    let mut is_at_start = true;
    for c in text.chars() {
        if c == '"' && (is_quoted || is_at_start) {
            is_quoted = !is_quoted;
            continue;
        }
        if is_quoted {
            has_text = true;
            continue;
        }
        // Spaces may precede a quote, as in the parser.
        if c == ' ' {
            continue;
        }
        is_at_start = true;
        match DELIMITERS.iter().position(|delimiter| *delimiter == c) {
            Some(place) => counts[place] += 1,
            None if matches!(c, '\r' | '\n') && has_text => break,
            None if matches!(c, '\r' | '\n') => {
                let line = std::mem::take(&mut counts);
                // Skip an empty line, or the second half of a line ending.
                if line.iter().any(|count| *count > 0) {
                    before = line;
                }
            }
            None => {
                is_at_start = false;
                has_text |= !c.is_whitespace();
            }
        }
    }
    let has_more = has_text || counts.iter().any(|count| *count > 0);
    let counts = if has_more { counts } else { before };
    let mut ranked: Vec<(usize, char)> = counts.into_iter().zip(DELIMITERS).collect();
    ranked.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let found = ranked.iter().filter(|(count, _)| *count > 0).map(|(_, delimiter)| *delimiter);
    let found: Vec<char> = found.collect();
    if found.is_empty() { vec![DELIMITERS[0]] } else { found }
}

/// The delimiter that Excel's hint in the first line names: `sep=;`.
pub(super) fn hint(text: &str) -> Option<char> {
    let length = text.find(['\r', '\n'])?;
    let line = text[..length].trim_start_matches('"');
    let (key, value) = line.split_at_checked("sep=".len())?;
    let delimiter = value.chars().next()?;
    let rest = value[delimiter.len_utf8()..].trim_matches(['"', ' ', delimiter]);
    let is_hint = key.eq_ignore_ascii_case("sep=")
        && rest.is_empty()
        && !delimiter.is_alphanumeric()
        && delimiter != '"';
    is_hint.then_some(delimiter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_do_not_count() {
        assert_eq!(candidates("phone,\"a;b;c;d\"\n")[0], ',');
        assert_eq!(candidates("\"name, first, last\";phone\n")[0], ';');
        assert_eq!(candidates("\"a\"\";;;;\",phone\n")[0], ',');
        assert_eq!(candidates("\"phone\n,,,\";name\n1,2,3")[0], ';');
        assert_eq!(candidates("5\" nail,phone;a;b\n")[0], ';');
        assert_eq!(candidates("phone, \"a;b;c;d\"\n")[0], ',');
        assert_eq!(candidates("a \" b;phone;c, d\n")[0], ';');
    }

    #[test]
    fn the_most_frequent_is_the_most_likely() {
        assert_eq!(candidates("phone\tname\n"), ['\t']);
        assert_eq!(candidates("phone|name, first\n"), [',', '|']);
        assert_eq!(candidates("phone;first, last;city"), [';', ',']);
        assert_eq!(candidates("phone\n1;2;3\n"), [',']);
        assert_eq!(candidates(",,,\n\nphone;name\n"), [';']);
        assert_eq!(candidates(""), [',']);
        for only_delimiters in [";;;\n", ";;;\r\n", ";;;\r\n\r\n;;\r\n", ";;;"] {
            assert_eq!(candidates(only_delimiters), [';'], "{only_delimiters:?}");
        }
    }

    #[test]
    fn excels_hint_is_read() {
        assert_eq!(hint("sep=;\r\nphone"), Some(';'));
        assert_eq!(hint("SEP=\t\nphone"), Some('\t'));
        assert_eq!(hint("\"sep=,\"\rphone"), Some(','));
        assert_eq!(hint("sep=;;;\nphone"), Some(';'));
        for none in ["sep=a\nphone", "sep=\nphone", "sep", "separator\n", "phone\n", ""] {
            assert_eq!(hint(none), None, "{none:?}");
        }
    }
}
