//! Numbers of a run's own, so that no two runs meet at one.

/// How many numbers a run has.
pub const EACH: u64 = 64;
const AREAS: [&str; 10] = ["213", "310", "408", "415", "510", "619", "650", "707", "818", "916"];

/// A number that libphonenumber takes for a real one of California. Its last four digits are no
/// fate's, which are from 9000 on.
#[must_use]
pub fn phone(run: u64, place: u64) -> String {
    let number = run * EACH + place % EACH;
    let (line, rest) = (number % 9_000, number / 9_000);
    let (exchange, area) = (220 + rest % 280, rest / 280 % 10);
    let area = AREAS[usize::try_from(area).unwrap_or_default()];
    format!("+1{area}{exchange}{line:04}")
}
