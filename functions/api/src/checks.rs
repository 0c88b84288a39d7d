//! Checks the fields of a body so that one response reports every invalid field.

use crate::problem::{FieldError, Problem};

#[derive(Default)]
pub(crate) struct Checks(Vec<FieldError>);

impl Checks {
    /// Returns the field's value, or records its error and returns `None`.
    pub(crate) fn take<T, E: ToString>(
        &mut self,
        pointer: &str,
        result: Result<T, E>,
    ) -> Option<T> {
        result
            .map_err(|error| {
                self.0.push(FieldError { pointer: pointer.to_owned(), detail: error.to_string() });
            })
            .ok()
    }

    pub(crate) fn passed(self) -> Result<(), Problem> {
        if self.0.is_empty() { Ok(()) } else { Err(self.problem()) }
    }

    pub(crate) fn problem(self) -> Problem {
        Problem::invalid(self.0)
    }
}
