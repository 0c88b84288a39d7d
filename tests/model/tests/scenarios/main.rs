//! The protocol's scenarios, each explored completely. `MODEL_DEPTH=deep` extends each of them, and
//! takes minutes longer.

mod broken;
mod claims;
mod control;
mod fan_out;
mod pace;
mod provider;
mod receipts;
mod repair;
mod targets;
mod trial;
mod unsubscribes;

use model::scenario::Scenario;
use model::table::Rules;
use shared::phone::Phone;

/// Explores a scenario and prints its size.
#[expect(clippy::print_stdout, reason = "how much was explored is what one wants to know")]
fn explored(name: &str, scenario: &Scenario) {
    match scenario.explore() {
        Ok(all) => println!(
            "{name}: {} states, {} transitions, {} on the ways to the end",
            all.states, all.transitions, all.on_ways
        ),
        Err(found) => {
            panic!("{name}: {} ({} states)\n{}", found.broken, found.states, found.steps.join("\n"))
        }
    }
}

/// Explores a scenario without one of the protocol's rules. The model must find that this promise
/// breaks.
#[expect(clippy::print_stdout, reason = "how much was explored is what one wants to know")]
fn breaks(rules: Rules, scenario: Scenario, promise: &str) {
    match scenario.rules(rules).explore() {
        Ok(all) => panic!("{rules:?} breaks nothing in {} states", all.states),
        Err(found) => {
            assert!(
                found.broken.ends_with(promise),
                "{}\n{}",
                found.broken,
                found.steps.join("\n")
            );
            let (steps, states) = (found.steps.len(), found.states);
            println!("{rules:?}: {}, after {steps} steps, in {states} states", found.broken);
        }
    }
}

/// `shallow` in each run, and `deep` on demand.
fn depth<T>(shallow: T, deep: T) -> T {
    let is_deep = std::env::var_os("MODEL_DEPTH").is_some_and(|depth| depth == "deep");
    if is_deep { deep } else { shallow }
}

/// Phones in the only shard.
fn phones(count: usize) -> Vec<Phone> {
    (0..count).map(|number| model::scenario::phone(number, 0, 1)).collect()
}
