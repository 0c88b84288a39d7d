//! The picture of docs/capacity.md: the busiest hour's share of each quota as the day grows.

use std::fmt::Write;

use crate::account::Account;
use crate::demand::Day;

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 420.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 190.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = 50.0;
/// A million to a billion messages a day, and a thousandth to a hundred times a quota.
const DECADES: (f64, f64) = (3.0, 5.0);
const TENANTS: u32 = 100;
const COLOURS: [&str; 6] = ["#0b6e4f", "#c1440e", "#2c5aa0", "#8a4fbe", "#b58900", "#444444"];
const SHOWN: [&str; 6] = [
    "table, warm",
    "dispatch maximum",
    "HTTP API",
    "table, quota",
    "SQS in flight",
    "Lambda at once",
];

fn across(decades: f64) -> f64 {
    LEFT + decades / DECADES.0 * (WIDTH - LEFT - RIGHT)
}

/// The vertical position of a share. Shares below a thousandth are at the bottom.
fn down(part: f64) -> f64 {
    let decades = part.log10().clamp(-3.0, 2.0) + 3.0;
    HEIGHT - BOTTOM - decades / DECADES.1 * (HEIGHT - TOP - BOTTOM)
}

fn part(messages: u32, limit: &str) -> f64 {
    let needs = Day { tenants: TENANTS, messages }.needs(&Account::as_deployed());
    needs.iter().find(|need| need.limit == limit).map_or(0.0, |need| need.part)
}

/// As SVG.
#[must_use]
pub fn svg() -> String {
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <title>What the busiest hour needs of each quota</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n",
    );
    let right = across(DECADES.0);
    for (part, label) in [
        (0.001, "0.1 %"),
        (0.01, "1 %"),
        (0.1, "10 %"),
        (1.0, "100 %"),
        (10.0, "10 times"),
        (100.0, "100 times"),
    ] {
        let (at, is_full) = (down(part), (part - 1.0_f64).abs() < 1e-9);
        let stroke = if is_full { "#c00" } else { "#ddd" };
        let _ = writeln!(
            text,
            "<line x1=\"{LEFT}\" y1=\"{at:.1}\" x2=\"{right:.1}\" y2=\"{at:.1}\" stroke=\"{stroke}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>",
            LEFT - 6.0,
            at + 4.0,
        );
    }
    for (decades, label) in [(0.0, "1M"), (1.0, "10M"), (2.0, "100M"), (3.0, "1B")] {
        let at = across(decades);
        let _ = writeln!(
            text,
            "<text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{label}</text>",
            HEIGHT - BOTTOM + 18.0,
        );
    }
    let _ = writeln!(
        text,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">messages a day, of {TENANTS} tenants</text>",
        f64::midpoint(LEFT, right),
        HEIGHT - 10.0,
    );
    for (limit, colour) in SHOWN.into_iter().zip(COLOURS) {
        let points: Vec<String> =
            [(0.0, 1_000_000), (1.0, 10_000_000), (2.0, 100_000_000), (3.0, 1_000_000_000)]
                .map(|(decades, messages)| {
                    format!("{:.1},{:.1}", across(decades), down(part(messages, limit)))
                })
                .into();
        let _ = writeln!(
            text,
            "<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" points=\"{}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" fill=\"{colour}\">{limit}</text>",
            points.join(" "),
            right + 8.0,
            down(part(1_000_000_000, limit)) + 4.0,
        );
    }
    text.push_str("</svg>\n");
    text
}
