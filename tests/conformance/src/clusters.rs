//! Where the calculator errs: it keeps whole what readers see as one character.
//!
//! A network cuts UCS-2 between any two characters; the calculator packs grapheme clusters, such as
//! a family of emoji joined into one picture, and never cuts one. So its parts can end early.

/// Why the calculator's count differs from the network's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It keeps emoji whole that are joined by U+200D, where a part ends within them.
    JoinedEmoji,
    /// It keeps a flag's letters together, where a part ends between them.
    Flag,
    /// It keeps an emoji with the colour of its skin.
    SkinTone,
    /// It keeps a keycap, or a character with the choice of its looks.
    Variation,
    /// It keeps the letters of one Korean syllable.
    Syllable,
    /// It keeps a letter with its accents, or a flag with its tags.
    Marks,
    /// It puts a cluster into the second part without looking whether there is room beside what
    /// it moved there from the first.
    OverfullPart,
}

const SINGLE: u32 = 70;
const SEVERAL: u32 = 67;

fn units(cluster: &str) -> u32 {
    cluster.chars().map(|c| if c.len_utf16() == 2 { 2 } else { 1 }).sum()
}

/// What the calculator counts for UCS-2, if it errs in no way but those that are named here.
#[must_use]
pub fn count(clusters: &[&str]) -> u32 {
    let lengths: Vec<u32> = clusters.iter().map(|cluster| units(cluster)).collect();
    if lengths.iter().sum::<u32>() <= SINGLE {
        return 1;
    }
    // It fills the first part as though it were the only one, and makes room for the header
    // once there is a second.
    let mut taken = 0;
    let mut used = 0;
    while used + lengths[taken] <= SINGLE {
        used += lengths[taken];
        taken += 1;
    }
    let next = taken;
    while used > SEVERAL {
        taken -= 1;
        used -= lengths[taken];
    }
    // What made the second part necessary goes there unseen, after what had to leave the first.
    used = lengths[taken..=next].iter().sum();
    lengths[next + 1..].iter().fold((2, used), |(parts, used), length| pack(parts, used, *length)).0
}

/// What it would count if it looked for room each time.
fn count_with_room(clusters: &[&str]) -> u32 {
    let lengths: Vec<u32> = clusters.iter().map(|cluster| units(cluster)).collect();
    if lengths.iter().sum::<u32>() <= SINGLE {
        return 1;
    }
    lengths.iter().fold((1, 0), |(parts, used), length| pack(parts, used, *length)).0
}

fn pack(parts: u32, used: u32, length: u32) -> (u32, u32) {
    if used + length > SEVERAL { (parts + 1, length) } else { (parts, used + length) }
}

/// The difference to expect between the calculator's count and the network's: of which kind, and
/// the first cluster that a part's end cuts. `None` means that there is no reason for one.
#[must_use]
pub fn difference<'a>(clusters: &[&'a str]) -> Option<(Kind, &'a str)> {
    let cut = cut(clusters)?;
    if count(clusters) == count_with_room(clusters) {
        Some((kind(cut)?, cut))
    } else {
        Some((Kind::OverfullPart, cut))
    }
}

/// The first cluster within which the network ends a part.
fn cut<'a>(clusters: &[&'a str]) -> Option<&'a str> {
    let mut used = 0;
    for cluster in clusters {
        for (position, character) in cluster.char_indices() {
            let (parts, now) = pack(0, used, units(character.encode_utf8(&mut [0; 4])));
            if parts > 0 && position > 0 {
                return Some(cluster);
            }
            used = now;
        }
    }
    None
}

fn kind(cluster: &str) -> Option<Kind> {
    let has = |range: std::ops::RangeInclusive<char>| cluster.chars().any(|c| range.contains(&c));
    let first = cluster.chars().next()?;
    if has('\u{1f1e6}'..='\u{1f1ff}') {
        Some(Kind::Flag)
    } else if has('\u{1f3fb}'..='\u{1f3ff}') && !has('\u{200d}'..='\u{200d}') {
        Some(Kind::SkinTone)
    } else if has('\u{200d}'..='\u{200d}') {
        Some(Kind::JoinedEmoji)
    } else if has('\u{1100}'..='\u{11ff}') {
        Some(Kind::Syllable)
    } else if has('\u{fe0f}'..='\u{fe0f}') {
        Some(Kind::Variation)
    } else {
        // Control characters are never part of a cluster.
        (!first.is_control()).then_some(Kind::Marks)
    }
}
