//! Separate numbers for each run, so that no two runs share one.

/// The number of phones per run.
pub const EACH: u64 = 64;
const AREAS: [&str; 10] = ["213", "310", "408", "415", "510", "619", "650", "707", "818", "916"];

/// A Californian number that libphonenumber considers valid. Its last four digits are below 9000,
/// where the simulator's fates start.
#[must_use]
pub fn phone(run: u64, place: u64) -> String {
    let number = run * EACH + place % EACH;
    let (line, rest) = (number % 9_000, number / 9_000);
    let (exchange, area) = (220 + rest % 280, rest / 280 % 10);
    let area = AREAS[usize::try_from(area).unwrap_or_default()];
    format!("+1{area}{exchange}{line:04}")
}
