//! Formats numbers for people.

/// With a comma between thousands.
pub(super) fn count(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

pub(super) fn whole(number: u32) -> String {
    count(f64::from(number))
}

/// Three digits and a unit of thousands, such as 1.5M.
pub(super) fn short(number: f64) -> String {
    let units = [(1e9, "B"), (1e6, "M"), (1e3, "k")];
    match units.into_iter().find(|(unit, _)| number >= 0.9995 * unit) {
        Some((unit, letter)) => {
            let number = number / unit;
            let digits = if number >= 99.95 {
                format!("{number:.0}")
            } else if number >= 9.995 {
                format!("{number:.1}")
            } else {
                format!("{number:.2}")
            };
            let trimmed = if digits.contains('.') {
                digits.trim_end_matches('0').trim_end_matches('.')
            } else {
                digits.as_str()
            };
            format!("{trimmed}{letter}")
        }
        None => format!("{number:.0}"),
    }
}

/// A part of a whole.
pub(super) fn percent(part: f64) -> String {
    let percent = part * 100.0;
    if percent > 0.0 && percent < 1.0 { "under 1 %".to_owned() } else { format!("{percent:.0} %") }
}

/// Seconds as days, hours, minutes and seconds, the two largest of them.
pub(super) fn time(seconds: u32) -> String {
    let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24);
    let (minutes, left) = (seconds / 60 % 60, seconds % 60);
    if days > 0 {
        format!("{days} d {hours} h")
    } else if hours > 0 {
        format!("{hours} h {minutes} min")
    } else if minutes > 0 {
        format!("{minutes} min {left} s")
    } else {
        format!("{left} s")
    }
}

pub(super) fn dollars(amount: f64) -> String {
    format!("${amount:.2}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(count(1_234_567.4), "1,234,567");
        assert_eq!(count(999.0), "999");
        assert_eq!(short(1_000_000.0), "1M");
        assert_eq!(short(27_390_000.0), "27.4M");
        assert_eq!(short(999_999.9), "1M");
        assert_eq!(short(500.0), "500");
        assert_eq!(percent(0.004), "under 1 %");
        assert_eq!(percent(1.388), "139 %");
        assert_eq!(time(59), "59 s");
        assert_eq!(time(3_661), "1 h 1 min");
        assert_eq!(time(1_000_000), "11 d 13 h");
    }
}
