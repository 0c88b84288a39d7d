//! Requests for no more messages in English, Spanish and French, by what they are made of. A table of
//! whole sentences would miss most of them.

mod english;
mod french;
mod spanish;

use super::pattern::Pattern;

/// These opt out at the beginning of a message.
pub(super) const REQUESTS: &[&[Pattern]] = &[english::ENGLISH, spanish::SPANISH, french::FRENCH];
