//! Cursors of lists.

use shared::access::SecretHash;
use shared::cursor::Seals;

use crate::choice_and_text;

/// A cursor cannot be made up, and one that is made leads back to its position in its own list only.
pub(crate) fn check(input: &[u8]) {
    let Some((_, written)) = choice_and_text(input) else { return };
    let seals = Seals::new(SecretHash([7; 32]));
    assert_eq!(seals.open::<String>("a/contacts", written), None);
    let cursor = seals.seal("a/contacts", &written).expect("text is JSON");
    assert_eq!(seals.open::<String>("a/contacts", &cursor).as_deref(), Some(written));
    assert_eq!(seals.open::<String>("b/contacts", &cursor), None);
}
