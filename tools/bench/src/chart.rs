//! The growth curve as a picture: usage per recipient, by the audience's size.

use std::fmt::Write;

use crate::figures::{FUNCTIONS, Figures};

const COLOURS: [&str; 6] = ["#1b1b1b", "#1f77b4", "#d62728", "#2ca02c", "#ff7f0e", "#9467bd"];
const PANEL: (f64, f64) = (360.0, 240.0);
const MARGIN: f64 = 60.0;

struct Panel<'a> {
    title: &'a str,
    left: f64,
    /// A label and a row's name for each curve.
    curves: Vec<(String, String)>,
}

pub(crate) fn draw(figures: &Figures) -> String {
    let functions = |prefix: &str| {
        FUNCTIONS.map(|name| (name.to_owned(), format!("{prefix}, {name}"))).to_vec()
    };
    let mut cpu = vec![("all".to_owned(), "CPU".to_owned())];
    cpu.extend(functions("CPU"));
    let panels = [
        Panel { title: "Processor time a recipient, µs", left: MARGIN, curves: cpu },
        Panel {
            title: "Capacity units a recipient",
            left: MARGIN * 2.5 + PANEL.0,
            curves: ["Write units", "Read units"].map(|n| (n.to_owned(), n.to_owned())).to_vec(),
        },
        Panel {
            title: "Resident memory at most, MiB",
            left: MARGIN * 4.0 + PANEL.0 * 2.0,
            curves: functions("Memory"),
        },
    ];
    let (width, height) = (MARGIN * 5.5 + PANEL.0 * 3.0, PANEL.1 + MARGIN * 2.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"{width}\" height=\"{height}\" fill=\"white\"/>\n"
    );
    for panel in &panels {
        // Writing to a string can't fail.
        let _ = panel.draw(figures, &mut svg);
    }
    svg.push_str("</svg>\n");
    svg
}

impl Panel<'_> {
    fn draw(&self, figures: &Figures, svg: &mut String) -> std::fmt::Result {
        let value = |row: &str, size: usize| figures.median(row, size).unwrap_or_default();
        let values = self
            .curves
            .iter()
            .flat_map(|(_, row)| figures.sizes.iter().map(move |size| value(row, *size)));
        let top = ceiling(values.fold(0.0, f64::max));
        let bottom = MARGIN + PANEL.1;
        let y = |value: f64| bottom - value / top * PANEL.1;
        let x = |size: usize| self.left + place(figures, size) * PANEL.0;
        let (left, right) = (self.left, self.left + PANEL.0);
        writeln!(
            svg,
            "<text x=\"{left}\" y=\"{:.0}\" font-size=\"14\">{}</text>",
            MARGIN - 20.0,
            self.title
        )?;
        for step in 0..=4 {
            let at = top * f64::from(step) / 4.0;
            writeln!(
                svg,
                "<line x1=\"{left}\" y1=\"{0:.1}\" x2=\"{right}\" y2=\"{0:.1}\" stroke=\"#ddd\"/>",
                y(at)
            )?;
            writeln!(
                svg,
                "<text x=\"{:.0}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                left - 6.0,
                y(at) + 4.0,
                (at * 100.0).round() / 100.0
            )?;
        }
        for size in &figures.sizes {
            writeln!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{size}</text>",
                x(*size),
                bottom + 18.0
            )?;
        }
        for (number, (label, row)) in self.curves.iter().enumerate() {
            let colour = COLOURS[number % COLOURS.len()];
            let points: Vec<String> = figures
                .sizes
                .iter()
                .map(|size| format!("{:.1},{:.1}", x(*size), y(value(row, *size))))
                .collect();
            writeln!(
                svg,
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>",
                points.join(" ")
            )?;
            let last = figures.sizes.last().map_or(0.0, |size| value(row, *size));
            writeln!(
                svg,
                "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"{colour}\">{label}</text>",
                right + 4.0,
                y(last) + 4.0
            )?;
        }
        Ok(())
    }
}

/// The position of a size between the smallest and the largest, on a logarithmic scale.
#[expect(clippy::cast_precision_loss, reason = "sizes are far below 2^52")]
fn place(figures: &Figures, size: usize) -> f64 {
    let log = |size: Option<&usize>| (*size.unwrap_or(&1) as f64).log10();
    let (least, most) = (log(figures.sizes.first()), log(figures.sizes.last()));
    if most > least { ((size as f64).log10() - least) / (most - least) } else { 0.5 }
}

/// A round number above a value.
fn ceiling(value: f64) -> f64 {
    let power = 10_f64.powf(value.max(0.01).log10().floor());
    [1.0, 2.0, 4.0, 6.0, 8.0, 10.0]
        .into_iter()
        .map(|step| step * power)
        .find(|top| *top >= value)
        .unwrap_or(value)
}
