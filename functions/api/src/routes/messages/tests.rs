use shared::audience::Totals;
use shared::phone::Phone;
use shared::recipient::Recipient;

use super::*;

#[test]
fn a_walk_goes_on_where_it_stopped() {
    let phone = Phone::from_e164("+14155550123").expect("valid");
    let chunk = |ends| Chunk {
        number: 4,
        recipients: vec![Recipient::of_phone(phone.clone()); 3],
        skipped: Vec::new(),
        through: None,
        totals: Totals::default(),
        ends,
    };
    let at = |shard, chunk, member| Position { shard, chunk, member };
    assert_eq!(at(1, 4, 0).behind(&chunk(true), 2), at(1, 4, 2));
    assert_eq!(at(1, 4, 2).behind(&chunk(false), 3), at(1, 5, 0));
    assert_eq!(at(1, 4, 2).behind(&chunk(true), 3), at(2, 0, 0));
    let empty = Chunk { recipients: Vec::new(), ..chunk(true) };
    assert_eq!(at(1, 4, 0).behind(&empty, 0), at(2, 0, 0));
}
