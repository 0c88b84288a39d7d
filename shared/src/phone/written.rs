//! Phones as people and spreadsheets write them.
//!
//! libphonenumber finds a number in nearly any text. If it would have to guess, and a wrong guess
//! would text a stranger, the text is refused instead: a digit that is a spreadsheet's decimal
//! fraction, an extension, a second number, or a country code without its plus that may also be
//! national.

use rlibphonenumber::{
    PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat, PhoneNumberType, Region as PlanRegion,
    ValidationError,
};

use super::{Phone, Region};
use crate::text::is_ignorable;

mod decimal;

use decimal::{is_scientific, without_zero_fraction};

/// Fewer digits than this before a letter or a comma are not a number with an extension.
const MIN_DIGITS_BEFORE_EXTENSION: usize = 5;
/// Digits in a row of pieces, each of which could be a number without its area code.
pub(super) const MIN_DIGITS_OF_A_NUMBER: usize = 7;
/// A slash after at least this many digits does not end an area code.
const MIN_DIGITS_BEFORE_SLASH: usize = 6;
/// Fewer digits than this after such a slash are an extension.
const MIN_DIGITS_AFTER_SLASH: usize = 4;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPhone {
    #[error("is not a phone number; write it like +14155550123")]
    NotANumber,
    #[error("is not a valid number in its country; check the digits and the country code")]
    NotAssignable,
    #[error("must be in E.164, such as +14155550123")]
    NotE164,
    #[error("has an extension or a note after the number; remove it")]
    Extension,
    #[error("contains several phone numbers; keep only one")]
    Several,
    #[error("is in scientific notation, which has lost digits; format the column as text")]
    Scientific,
    #[error("is a decimal fraction; format the column as text")]
    Fraction,
    #[error(
        "is ambiguous: it could be {international} without its plus, or {national}; \
         write it with a plus and the country code"
    )]
    Ambiguous { international: Phone, national: Phone },
}

pub(super) fn parse(written: &str, region: Region) -> Result<Phone, InvalidPhone> {
    if holds_several(written) {
        return Err(InvalidPhone::Several);
    }
    // It may replace a digit that was lost.
    if written.contains(char::REPLACEMENT_CHARACTER) {
        return Err(InvalidPhone::NotANumber);
    }
    let text = visible(written);
    let text = number_part(without_scheme(&text));
    if is_scientific(text) {
        return Err(InvalidPhone::Scientific);
    }
    let text = without_zero_fraction(text, region)?;
    if let Some(at) = extension_mark(text) {
        let (number, rest) = text.split_at(at);
        let follows = !rest.starts_with(char::is_alphabetic) || digit_count(rest) > 0;
        let has_extension = digit_count(number) >= MIN_DIGITS_BEFORE_EXTENSION && follows;
        // Letters without digits could be a vanity number's keys. In a list of contacts they are
        // more often a note beside the number, or not a number at all.
        return Err(if has_extension { InvalidPhone::Extension } else { InvalidPhone::NotANumber });
    }
    // Circled or raised digits and fractions are a note, not part of the number.
    if text.chars().any(|c| c.is_numeric() && !c.is_ascii_digit()) {
        return Err(InvalidPhone::NotANumber);
    }
    if extension_without_mark(text, region).is_some() {
        return Err(InvalidPhone::Extension);
    }
    // `(0)` is a European convention for a zero that is dialed only within the country.
    let text = text.replace("(0)", "");
    let national = read(&text, Some(region.0));
    if text.contains('+') {
        return national.map(|reading| reading.phone);
    }
    with_lost_plus(&text, region, national)
}

/// A number that may be meant by a text.
struct Reading {
    phone: Phone,
    is_textable: bool,
    /// Whether mobile numbers of its country are shorter.
    is_long: bool,
}

impl Reading {
    fn of(number: &PhoneNumber, phone: Phone) -> Self {
        let (util, mobile) = (&PHONE_NUMBER_UTIL, PhoneNumberType::Mobile);
        let kind = util.get_number_type(number);
        let length = util.is_possible_number_for_type_with_reason(number, mobile);
        Self {
            phone,
            is_textable: matches!(
                kind,
                PhoneNumberType::Mobile | PhoneNumberType::FixedLineOrMobile
            ),
            is_long: length == Err(ValidationError::TooLong),
        }
    }
}

fn read(text: &str, region: Option<PlanRegion>) -> Result<Reading, InvalidPhone> {
    let number = PHONE_NUMBER_UTIL.parse(text, region).map_err(|_| InvalidPhone::NotANumber)?;
    if !number.extension().is_empty() {
        return Err(InvalidPhone::Extension);
    }
    let formatted = PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::E164);
    if PHONE_NUMBER_UTIL.is_valid_number(&number) {
        // Plans list a few numbers with more digits than E.164 allows.
        let phone = Phone::from_e164(&formatted).map_err(|_| InvalidPhone::NotAssignable)?;
        return Ok(Reading::of(&number, phone));
    }
    // Convert a mobile number of a former plan to its current form.
    let former = Phone::from_e164(&formatted).map_err(|_| InvalidPhone::NotAssignable)?;
    if !former.has_other_form() {
        return Err(InvalidPhone::NotAssignable);
    }
    let phone = former.line().into_phone();
    let number =
        PHONE_NUMBER_UTIL.parse(phone.as_str(), None).map_err(|_| InvalidPhone::NotAssignable)?;
    let is_valid = PHONE_NUMBER_UTIL.is_valid_number(&number);
    let reading = Some(Reading::of(&number, phone)).filter(|reading| reading.is_textable);
    reading.filter(|_| is_valid).ok_or(InvalidPhone::NotAssignable)
}

/// Digits that are a number of some country may have lost their plus. A national number that can be
/// texted is one, unless the digits also start with the region's own country code: then only a person
/// knows which is meant. A landline is a weaker reading, because plans as open as Germany's accept
/// nearly any digits as one: if it is longer than the region's mobile numbers, it does not count
/// against one of them, and it does not against a mobile number of another country.
fn with_lost_plus(
    text: &str,
    region: Region,
    national: Result<Reading, InvalidPhone>,
) -> Result<Phone, InvalidPhone> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let code = PHONE_NUMBER_UTIL.get_country_code_for_region(region.0);
    let is_home = code.is_some_and(|code| digits.starts_with(&code.to_string()));
    let is_read_so = national.as_ref().is_ok_and(|reading| reading.phone.as_str()[1..] == digits);
    let is_landline = national.as_ref().is_ok_and(|reading| !reading.is_textable);
    // No country code starts with a zero.
    let may_be_foreign = is_landline && !digits.starts_with('0');
    if is_read_so || !(is_home || may_be_foreign) {
        return national.map(|reading| reading.phone);
    }
    match (read(&format!("+{digits}"), None), national) {
        (Ok(international), Ok(national))
            if international.is_textable || is_home && is_landline =>
        {
            let is_home_mobile = is_home && international.is_textable;
            if international.phone == national.phone || (is_home_mobile && national.is_long) {
                return Ok(international.phone);
            }
            Err(InvalidPhone::Ambiguous {
                international: international.phone,
                national: national.phone,
            })
        }
        (Ok(international), Err(_)) if international.is_textable => Ok(international.phone),
        (_, national) => national.map(|reading| reading.phone),
    }
}

/// What is before an extension that has no mark.
pub(super) fn before_extension(written: &str, region: Region) -> Option<String> {
    let text = visible(written);
    let text = number_part(without_scheme(&text));
    extension_without_mark(text, region).map(|at| text[..at].to_owned())
}

/// The text without white space and invisible characters, with its digits and punctuation in ASCII.
fn visible(written: &str) -> String {
    written.chars().filter(|c| !is_ignorable(*c)).map(ascii).collect()
}

fn ascii(c: char) -> char {
    match c {
        '\0'..='\x7f' => c,
        // The full-width forms of ASCII.
        '\u{ff01}'..='\u{ff5e}' => u8::try_from(u32::from(c) - 0xfee0).map_or(c, char::from),
        // Arabic's decimal separator and its comma.
        '\u{66b}' | '\u{60c}' => ',',
        '\u{2053}' | '\u{223c}' | '\u{301c}' => '~',
        _ if c.is_numeric() => {
            let digit = PHONE_NUMBER_UTIL.normalize_digits_only(c.to_string());
            digit.chars().next().unwrap_or(c)
        }
        _ => c,
    }
}

pub(super) fn digit_count(text: &str) -> usize {
    text.chars().filter(|c| c.is_numeric()).count()
}

/// Whether two pieces of the text are each long enough to be a number.
fn holds_several(written: &str) -> bool {
    let separates = |c: char| {
        c.is_alphabetic()
            || matches!(c, '+' | '＋' | '/' | '／' | '\\' | '|' | ';' | ',' | '&' | '\n' | '\r')
    };
    let pieces = written.split(separates);
    pieces.filter(|piece| digit_count(piece) >= MIN_DIGITS_OF_A_NUMBER).count() > 1
}

/// Source: RFC 3966. Its parameters follow a semicolon, and are refused like an extension.
fn without_scheme(text: &str) -> &str {
    match text.get(..4) {
        Some(scheme) if scheme.eq_ignore_ascii_case("tel:") => &text[4..],
        _ => text,
    }
}

/// The text without the marks around a number: quotes, brackets, and marks of a list or a formula.
fn number_part(text: &str) -> &str {
    let begins = |c: char| c.is_alphanumeric() || matches!(c, '+' | '#' | '(' | '[');
    let text = text.trim_start_matches(|c| !begins(c));
    text.trim_end_matches(|c: char| !c.is_alphanumeric() && c != '#')
}

/// Where the text continues with something other than the number. A tilde may also mark the tone
/// that a caller waits for after an international prefix, as in `8~10 49 160 1234567`.
fn extension_mark(text: &str) -> Option<usize> {
    let is_after_number = |at: usize| digit_count(&text[..at]) >= MIN_DIGITS_BEFORE_EXTENSION;
    let ends = |(at, c): &(usize, char)| {
        c.is_alphabetic()
            || matches!(c, '#' | ',' | ';' | '*')
            || (*c == '~' && is_after_number(*at))
    };
    text.char_indices().find(ends).map(|(at, _)| at)
}

/// Where an extension begins in a number whose area code ends at a slash, as Austrians and Germans write
/// both: `0664/123456/12` and `0664/123456-12`. What is before it is a number by itself. Groups of a
/// number are as long as the group before them, as in `030/12/34/56`.
fn extension_after_slash(text: &str, is_number: impl Fn(&str) -> bool) -> Option<usize> {
    let first = text.find('/')?;
    let marks = text.char_indices().skip_while(|(at, _)| *at <= first);
    let is_extension = |at: usize| {
        let (number, rest) = (&text[..at], &text[at + 1..]);
        let before = number.chars().rev().take_while(char::is_ascii_digit).count();
        let after = rest.chars().take_while(char::is_ascii_digit).count();
        let is_short = (1..=MIN_DIGITS_AFTER_SLASH).contains(&after) && after < before;
        is_short && digit_count(number) >= MIN_DIGITS_BEFORE_SLASH && is_number(number)
    };
    let mut marks = marks.filter(|(_, c)| matches!(c, '/' | '-')).map(|(at, _)| at);
    marks.find(|at| is_extension(*at))
}

/// Where digits at the end begin that are separated only by a slash or brackets, as in `030
/// 123456/12` and `030 123456 (1234)`. Where numbers have any length, as in Germany, those digits
/// would make another valid number. As many digits as another number could have are an extension
/// only if what is before them is a number by itself, and not just an area code, as in
/// `033760/1234`.
fn extension_without_mark(text: &str, region: Region) -> Option<usize> {
    let is_number = |number: &str| {
        let number = number.replace("(0)", "");
        read(number_part(&number), Some(region.0)).is_ok()
    };
    let is_extension = |at: usize, is_only: bool| {
        let (number, rest) = (&text[..at], &text[at + 1..]);
        let after = digit_count(rest);
        let is_short = is_only && (1..MIN_DIGITS_AFTER_SLASH).contains(&after);
        digit_count(number) >= MIN_DIGITS_BEFORE_SLASH
            && (is_short || (after >= MIN_DIGITS_AFTER_SLASH && is_number(number)))
    };
    let slash = text.rfind('/').filter(|at| is_extension(*at, !text[..*at].contains('/')));
    let slash = extension_after_slash(text, is_number).or(slash);
    let bracket = text.rfind(['(', '[']).filter(|at| !text[*at..].contains([')', ']']));
    slash.or_else(|| bracket.filter(|at| is_extension(*at, true)))
}
