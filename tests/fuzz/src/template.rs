//! Templates of texts.

use shared::template::{Fields, Template};

/// A text never exceeds its limit, and the same fields give the same text.
pub(crate) fn check(input: &[u8]) {
    let Ok(source) = std::str::from_utf8(input) else { return };
    let Ok(template) = Template::parse(source) else { return };
    let value = |value: &str| -> Fields {
        template.fields().iter().map(|field| (field.clone(), value.to_owned())).collect()
    };
    for fields in [Fields::default(), value("Ana"), value("{{ 1234.5 }} é"), value("2026-12-01")] {
        let text = template.render(&fields);
        assert_eq!(template.render(&fields), text);
        if let Ok(text) = text {
            assert!(text.chars().count() <= 1_600, "{} characters", text.chars().count());
        }
    }
}
