//! Phones that a spreadsheet has turned into decimal numbers.

use super::{InvalidPhone, MIN_DIGITS_OF_A_NUMBER, Region, digit_count, read};

/// `1.60123E+09`, as spreadsheets show a long number in a narrow column.
pub(super) fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else {
        return false;
    };
    let exponent = exponent.trim_start_matches(['+', '-']);
    let all = |text: &str, also: &[char]| {
        text.chars().all(|c| c.is_ascii_digit() || also.contains(&c)) && digit_count(text) > 0
    };
    all(mantissa, &['+', '-', '.', ',']) && all(exponent, &[])
}

/// Removes the `.0` that spreadsheets append to a number. A group of digits that happens to be
/// zeros stays, as in `06.12.34.56.00`. If both are possible, the text is refused.
pub(super) fn without_zero_fraction(text: &str, region: Region) -> Result<&str, InvalidPhone> {
    let Some((whole, fraction)) = text.rsplit_once(['.', ',']) else {
        return Ok(text);
    };
    if fraction.is_empty() || !fraction.chars().all(|c| c.is_ascii_digit()) {
        return Ok(text);
    }
    let is_comma = text[whole.len()..].starts_with(',');
    let is_plain = whole.trim_start_matches(['+', '(', '[']).chars().all(|c| c.is_ascii_digit());
    let is_zero = fraction.chars().all(|c| c == '0');
    if is_zero && (is_comma || is_plain) {
        return Ok(whole);
    }
    // Leave a comma, which may introduce an extension.
    if is_comma || !(is_zero || is_plain) {
        return Ok(text);
    }
    let is_whole_number = || read(whole, Some(region.0)).is_ok();
    let is_fraction = match fraction.len() {
        1 => is_zero || (is_plain && digit_count(whole) >= MIN_DIGITS_OF_A_NUMBER),
        _ => is_whole_number(),
    };
    if is_fraction { Err(InvalidPhone::Fraction) } else { Ok(text) }
}
