//! What must hold for any input from outside, one function per parser.
//!
//! `make fuzz` searches for inputs that break them, guided by coverage and beginning with those in
//! `corpus`, which every test run tries too.

mod cursor;
mod file;
mod keyword;
mod phone;
mod segment;
mod template;
mod webhook;

/// A parser, which panics if an input breaks what must hold.
pub struct Target {
    pub name: &'static str,
    pub check: fn(&[u8]),
}

pub const TARGETS: [Target; 9] = [
    Target { name: "csv", check: file::csv },
    Target { name: "cursor", check: cursor::check },
    Target { name: "event", check: webhook::event },
    Target { name: "jsonl", check: file::jsonl },
    Target { name: "keyword", check: keyword::check },
    Target { name: "phone", check: phone::check },
    Target { name: "segment", check: segment::check },
    Target { name: "template", check: template::check },
    Target { name: "webhook", check: webhook::form },
];

/// The first byte, which chooses among the settings that a parser is tried with, and the rest as
/// text.
fn choice_and_text(input: &[u8]) -> Option<(u8, &str)> {
    let (choice, text) = input.split_first()?;
    Some((*choice, std::str::from_utf8(text).ok()?))
}
