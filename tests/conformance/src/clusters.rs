//! Where the calculator is wrong: it never splits what readers see as one character.
//!
//! A network cuts UCS-2 between any two characters. The calculator packs grapheme clusters, such as
//! a family of emoji joined into one picture, and never cuts one. So its parts can end early.

/// Why the calculator's count differs from the network's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It doesn't split emoji that are joined by U+200D, where a part ends within them.
    JoinedEmoji,
    /// It doesn't split a flag's two letters, where a part ends between them.
    Flag,
    /// It doesn't split an emoji and its skin tone.
    SkinTone,
    /// It doesn't split a keycap, or a character and its variation selector.
    Variation,
    /// It doesn't split the letters of a Korean syllable.
    Syllable,
    /// It doesn't split a letter and its accents, or a flag and its tags.
    Marks,
    /// It adds a cluster to the second part without checking whether it fits beside what was moved
    /// there from the first.
    OverfullPart,
}

const SINGLE: u32 = 70;
const SEVERAL: u32 = 67;

fn units(cluster: &str) -> u32 {
    cluster.chars().map(|c| if c.len_utf16() == 2 { 2 } else { 1 }).sum()
}

/// The calculator's count for UCS-2, if it is wrong only in the ways that are named here.
#[must_use]
pub fn count(clusters: &[&str]) -> u32 {
    let lengths: Vec<u32> = clusters.iter().map(|cluster| units(cluster)).collect();
    if lengths.iter().sum::<u32>() <= SINGLE {
        return 1;
    }
    // It fills the first part as if it were the only one, and makes room for the header once there
    // is a second.
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
    // The cluster that required the second part is added to it unchecked, after those moved from
    // the first.
    used = lengths[taken..=next].iter().sum();
    lengths[next + 1..].iter().fold((2, used), |(parts, used), length| pack(parts, used, *length)).0
}

/// Its count if it checked each time whether a cluster fits.
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

/// The expected difference between the calculator's count and the network's: its kind, and the
/// first cluster that is cut by a part's end. `None` if the counts should agree.
#[must_use]
pub fn difference<'a>(clusters: &[&'a str]) -> Option<(Kind, &'a str)> {
    let cut = cut(clusters)?;
    if count(clusters) == count_with_room(clusters) {
        Some((kind(cut)?, cut))
    } else {
        Some((Kind::OverfullPart, cut))
    }
}

/// The first cluster that the network splits.
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
