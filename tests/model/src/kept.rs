//! Immutable values that many states share, identified by a fingerprint.
//!
//! The fingerprint is computed once, from the value's debug form. So when a domain type gains a
//! field, values that differ in it also differ here.

use std::fmt::{self, Debug, Write};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Deref;
use std::rc::Rc;

pub struct Kept<T> {
    value: Rc<T>,
    print: u64,
}

impl<T: Debug> Kept<T> {
    #[must_use]
    pub fn new(value: T) -> Self {
        let mut writer = Prints(DefaultHasher::new());
        // Writing to a hasher can't fail.
        let _ = write!(writer, "{value:?}");
        Self { value: Rc::new(value), print: writer.0.finish() }
    }
}

struct Prints(DefaultHasher);

impl Write for Prints {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write(text.as_bytes());
        Ok(())
    }
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Self { value: Rc::clone(&self.value), print: self.print }
    }
}

impl<T> Deref for Kept<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> PartialEq for Kept<T> {
    fn eq(&self, other: &Self) -> bool {
        self.print == other.print
    }
}

impl<T> Eq for Kept<T> {}

impl<T> PartialOrd for Kept<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Kept<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.print.cmp(&other.print)
    }
}

impl<T> Hash for Kept<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.print);
    }
}

impl<T: Debug> Debug for Kept<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}
