//! Checking the fields of a body, so that one answer names all that do not validate.

use crate::problem::{FieldError, Problem};

#[derive(Default)]
pub(crate) struct Checks(Vec<FieldError>);

impl Checks {
    /// The value of a field, or `None` once its error is noted.
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
