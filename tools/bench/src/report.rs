//! The report: as text, as JSON and in the documentation.

use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::path::Path;

use anyhow::Context;
use serde::{Deserialize, Serialize};

use crate::campaign::Run;
use crate::chart;
use crate::cold::Cold;
use crate::figures::Figures;
use crate::machine::Machine;
use crate::price::Prices;
use crate::spread::Spread;
use crate::targets::{Target, targets};
use crate::template::Template;
use crate::time;

const BEGIN: &str = "<!-- bench: begin -->";
const END: &str = "<!-- bench: end -->";

pub(crate) struct Report {
    machine: Machine,
    date: String,
    cold: BTreeMap<&'static str, Cold>,
    template: Template,
    prices: Prices,
    runs: BTreeMap<usize, Vec<Run>>,
}

impl Report {
    pub(crate) fn new(machine: Machine, template: Template, prices: Prices) -> Self {
        let date = time::today();
        let (cold, runs) = (BTreeMap::new(), BTreeMap::new());
        Self { machine, date, cold, template, prices, runs }
    }

    pub(crate) fn set_cold(&mut self, cold: BTreeMap<&'static str, Cold>) {
        self.cold = cold;
    }

    pub(crate) fn add(&mut self, run: Run) {
        self.runs.entry(run.recipients).or_default().push(run);
    }

    /// Takes over the runs of an earlier report.
    pub(crate) fn add_file(&mut self, path: &Path) -> anyhow::Result<()> {
        #[derive(Deserialize)]
        struct Earlier {
            runs: BTreeMap<usize, Vec<Run>>,
        }
        let earlier: Earlier = serde_json::from_slice(&std::fs::read(path)?)
            .with_context(|| format!("{} is no report", path.display()))?;
        earlier.runs.into_values().flatten().for_each(|run| self.add(run));
        Ok(())
    }

    pub(crate) fn errors(&self) -> Vec<String> {
        self.runs.values().flatten().flat_map(|run| run.errors.clone()).collect()
    }

    fn figures(&self) -> Figures {
        Figures::of(&self.runs, &self.prices, &self.template)
    }

    pub(crate) fn write(&self, path: &Path) -> anyhow::Result<()> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Json<'a> {
            date: &'a str,
            machine: &'a Machine,
            prices_of: &'a str,
            figures: &'a [crate::figures::Row],
            cold_starts: &'a BTreeMap<&'static str, Cold>,
            targets: Vec<Target>,
            runs: &'a BTreeMap<usize, Vec<Run>>,
        }
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let figures = self.figures();
        let json = Json {
            date: &self.date,
            machine: &self.machine,
            prices_of: &self.prices.date,
            figures: &figures.rows,
            cold_starts: &self.cold,
            targets: targets(&figures),
            runs: &self.runs,
        };
        let json = serde_json::to_vec_pretty(&json)?;
        std::fs::write(path, json).with_context(|| format!("failed to write {}", path.display()))
    }

    /// Puts the tables between the marks in the documentation, and the picture beside it.
    pub(crate) fn write_docs(&self, root: &Path) -> anyhow::Result<()> {
        let path = root.join("docs/performance.md");
        let text = std::fs::read_to_string(&path)?;
        let marked = || {
            let (before, rest) = text.split_once(BEGIN)?;
            let (_, after) = rest.split_once(END)?;
            Some((before, after))
        };
        let (before, after) = marked().context("docs/performance.md has no marks")?;
        let text = format!("{before}{BEGIN}\n{}{END}{after}", self.markdown()?);
        std::fs::write(&path, text)?;
        Ok(std::fs::write(root.join("docs/performance.svg"), chart::draw(&self.figures()))?)
    }

    fn markdown(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        let Machine { processor, cores, memory_gib, kernel, load_before } = &self.machine;
        writeln!(
            text,
            "Measured {} on {processor}, {cores} cores, {memory_gib} GiB, Linux {kernel}; \
             load before it began: {load_before}. Prices of {}.\n",
            self.date, self.prices.date
        )?;
        let tables = self.tables();
        for (place, table) in tables.iter().enumerate() {
            let widths = table.head.iter().enumerate();
            let rule: Vec<&str> =
                widths.map(|(column, _)| if column == 0 { "---" } else { "---:" }).collect();
            writeln!(text, "| {} |\n| {} |", table.head.join(" | "), rule.join(" | "))?;
            for line in &table.lines {
                writeln!(text, "| {} |", line.join(" | "))?;
            }
            if place + 1 < tables.len() {
                writeln!(text)?;
            }
        }
        Ok(text)
    }

    fn tables(&self) -> Vec<Table> {
        let figures = self.figures();
        let target = |target: Target| {
            let answer = if target.is_reached { "reached" } else { "**missed**" };
            vec![target.name, target.aim, target.measured, answer.to_owned()]
        };
        let head = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let targets = Table {
            head: head(&["Target", "Aim", "Measured", ""]),
            lines: targets(&figures).into_iter().map(target).collect(),
        };
        let sizes = figures.sizes.iter().map(|size| grouped(*size));
        let lines = figures.rows.iter().map(|row| {
            let values = figures.sizes.iter().map(|size| row.values[size].to_string());
            [format!("{}, {}", row.name, row.unit)].into_iter().chain(values).collect()
        });
        let by_size = Table {
            head: ["Recipients".to_owned()].into_iter().chain(sizes).collect(),
            lines: lines.collect(),
        };
        let cold = self.cold.iter().map(|(name, cold)| {
            let Cold { start, start_cpu, first_event, first_event_cpu } = cold;
            let values = [start, start_cpu, first_event, first_event_cpu].map(Spread::to_string);
            [(*name).to_owned()].into_iter().chain(values).collect()
        });
        let cold = Table {
            head: head(&["Cold start, ms", "Start", "Its CPU", "First event", "Its CPU"]),
            lines: cold.collect(),
        };
        vec![targets, by_size, cold]
    }
}

struct Table {
    head: Vec<String>,
    lines: Vec<Vec<String>>,
}

/// A number with its thousands apart.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .filter_map(|group| std::str::from_utf8(group).ok())
        .collect();
    groups.join(",")
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for table in self.tables() {
            let lines = || [&table.head].into_iter().chain(&table.lines);
            let width = |column: usize| {
                lines().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max()
            };
            for line in lines() {
                for (column, cell) in line.iter().enumerate() {
                    let width = width(column).unwrap_or_default();
                    match column {
                        0 => write!(f, "{cell:<width$}")?,
                        _ => write!(f, "  {cell:>width$}")?,
                    }
                }
                writeln!(f)?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
