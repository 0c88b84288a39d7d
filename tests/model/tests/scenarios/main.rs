//! The protocol's scenarios, each explored whole.

mod claims;

use model::scenario::Scenario;
use shared::phone::Phone;

/// Explores a scenario and says how much it was.
#[expect(clippy::print_stdout, reason = "how much was explored is what one wants to know")]
fn explored(name: &str, scenario: &Scenario) {
    match scenario.explore() {
        Ok(all) => println!(
            "{name}: {} states, {} transitions, {} on the ways to the end",
            all.states, all.transitions, all.on_ways
        ),
        Err(found) => panic!("{name}: {}\n{}", found.broken, found.steps.join("\n")),
    }
}

/// Whether to go further than there is time for in each run.
fn is_deep() -> bool {
    std::env::var_os("MODEL_DEPTH").is_some_and(|depth| depth == "deep")
}

/// Phones in a shard of their own, since there is only one.
fn phones(count: usize) -> Vec<Phone> {
    (0..count).map(|number| model::scenario::phone(number, 0, 1)).collect()
}
