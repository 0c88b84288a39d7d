//! Message bodies, both realistic and far-fetched.

use crate::chance::Chance;

/// The longest body that Twilio accepts, in characters.
const LONGEST: usize = 1_600;

const PLAIN: &[&str] = &["a", "e", "Z", "0", " ", ".", "@", "£", "ñ", "Ω", "ü", "Ç", "¿", "à"];
const EXTENDED: &[&str] = &["^", "{", "}", "\\", "[", "]", "~", "|", "€", "\u{c}"];
const LINES: &[&str] = &["\r\n", "\n", "\r", "\n\r", "\r\r\n"];
const ACCENTS: &[&str] = &["á", "ç", "ő", "ł", "ё", "ж", "ệ", "“", "’", "…", "中", "日", "ع"];
const PAIRS: &[&str] = &["😀", "🚀", "𝒳", "𠀋", "🎉"];
const MARKS: &[&str] =
    &["e\u{301}", "o\u{302}\u{323}", "नि", "กำ", "☎\u{fe0f}", "1\u{fe0f}\u{20e3}"];
const EMOJI: &[&str] = &["👩‍👩‍👧‍👦", "👩🏽‍🚀", "👍🏿", "🏳️‍🌈", "🇩🇪", "🇧🇷🇯🇵", "❤️‍🔥", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"];
const JAMO: &[&str] = &["\u{1112}\u{1161}\u{11ab}", "한", "\u{1100}\u{1161}", "\u{d55c}\u{11ab}"];

/// Pieces that make up most of a body, and pieces that are mixed in.
const MIXES: &[(&[&str], &[&str])] = &[
    (PLAIN, PLAIN),
    (PLAIN, EXTENDED),
    (PLAIN, LINES),
    (EXTENDED, LINES),
    (PLAIN, ACCENTS),
    (PLAIN, PAIRS),
    (PLAIN, MARKS),
    (PLAIN, EMOJI),
    (ACCENTS, EXTENDED),
    (ACCENTS, LINES),
    (ACCENTS, PAIRS),
    (ACCENTS, MARKS),
    (ACCENTS, EMOJI),
    (ACCENTS, JAMO),
    (PAIRS, EMOJI),
];

/// A body for one test.
pub fn body(chance: &mut Chance) -> String {
    let pieces = if chance.hits(4) { anything(chance) } else { mixed(chance) };
    let body: String = pieces.chars().take(LONGEST).collect();
    // An empty body can't be sent.
    if body.is_empty() { "a".to_owned() } else { body }
}

/// A mixed body. Rare pieces are more frequent where a part may end, because they matter there.
fn mixed(chance: &mut Chance) -> String {
    let (common, rare) = chance.pick(MIXES);
    let percent = chance.pick(&[0, 1, 3, 10, 40, 100]);
    let length = length(chance);
    let part = chance.pick(&[153, 160, 67, 70]);
    let mut body = String::new();
    let mut units = 0;
    while units < length {
        let is_seam = units % part + 9 >= part;
        let is_rare = chance.hits(if is_seam { percent.max(40) } else { percent });
        let mut piece = chance.pick(if is_rare { rare } else { common }).to_owned();
        if is_rare && rare == MARKS && chance.hits(5) {
            // Like people who stack accents until they overlap the line above.
            piece.push_str(&"\u{300}".repeat(chance.within(1, 80)));
        }
        units += units_of(&piece);
        body.push_str(&piece);
    }
    body
}

/// A body's length in units: any length, or one near the end of a part.
fn length(chance: &mut Chance) -> usize {
    if chance.hits(30) {
        return chance.within(1, LONGEST);
    }
    let end = match chance.within(0, 3) {
        0 => 160,
        1 => 70,
        2 => 153 * chance.within(1, 10),
        _ => 67 * chance.within(1, 23),
    };
    chance.within(end - 4, end + 4)
}

fn units_of(piece: &str) -> usize {
    if EXTENDED.contains(&piece) { 2 } else { piece.encode_utf16().count() }
}

/// Characters from all over Unicode.
fn anything(chance: &mut Chance) -> String {
    let length = chance.within(1, 300);
    (0..length)
        .filter_map(|_| {
            let highest = chance.pick(&[0x7f, 0x24ff, 0xffff, 0x10_ffff]);
            char::from_u32(u32::try_from(chance.within(0, highest)).ok()?)
        })
        .collect()
}
