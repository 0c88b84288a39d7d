//! Our count of a body's parts, judged by the calculator that Twilio publishes.

use std::collections::BTreeMap;

use conformance::chance::Chance;
use conformance::clusters::{self, Kind};
use conformance::{Runner, ask, bodies, say};
use serde::Deserialize;
use shared::parts::{Encoding, Parts};

const SEED: u64 = 23_038;
const BODIES: usize = 10_000;

#[derive(Deserialize)]
struct Verdict {
    encoding: Encoding,
    /// The calculator's count.
    count: u32,
    /// Its count if it is given characters instead of grapheme clusters.
    by_character: u32,
    clusters: Vec<String>,
}

struct Difference {
    kind: Kind,
    cluster: String,
}

fn verdicts(bodies: &[String]) -> Vec<Verdict> {
    let verdicts: Vec<Verdict> = ask(Runner::Node, "parts.js", &bodies);
    assert_eq!(verdicts.len(), bodies.len());
    verdicts
}

/// Compares the counts for a body. They must agree, or differ by exactly what a known kind of error
/// explains.
fn judge(body: &str, verdict: &Verdict) -> Result<Option<Difference>, String> {
    let ours = Parts::of(body);
    let clusters: Vec<&str> = verdict.clusters.iter().map(String::as_str).collect();
    let expected = match ours.encoding {
        Encoding::Gsm7 => ours.count,
        Encoding::Ucs2 => clusters::count(&clusters),
    };
    let tell = |what: &str| {
        let Verdict { encoding, count, by_character, .. } = verdict;
        let theirs = format!("{encoding:?}, {count}, {by_character} by characters");
        Err(format!("{what}: we say {ours:?}, they say {theirs}, expected {expected}: {body:?}"))
    };
    if clusters.concat() != body {
        return tell("the clusters are not the body's");
    }
    if ours.encoding != verdict.encoding {
        return tell("another encoding");
    }
    if ours.count != verdict.by_character {
        return tell("another count of the same characters");
    }
    if verdict.count != expected {
        return tell("a count without a reason");
    }
    if verdict.count == ours.count {
        return Ok(None);
    }
    let difference = clusters::difference(&clusters);
    difference.map_or_else(
        || tell("an unknown kind"),
        |(kind, cluster)| Ok(Some(Difference { kind, cluster: cluster.to_owned() })),
    )
}

#[test]
fn generated_bodies_have_as_many_parts_as_the_calculator_says() {
    let mut chance = Chance::new(SEED);
    let bodies: Vec<String> = (0..BODIES).map(|_| bodies::body(&mut chance)).collect();
    let mut kinds = BTreeMap::<Kind, (usize, String)>::new();
    let mut unexplained = Vec::new();
    let (mut gsm, mut several) = (0, 0);
    for (index, (body, verdict)) in bodies.iter().zip(verdicts(&bodies)).enumerate() {
        gsm += usize::from(verdict.encoding == Encoding::Gsm7);
        several += usize::from(verdict.count > 1);
        match judge(body, &verdict) {
            Ok(None) => {}
            Ok(Some(difference)) => {
                let Difference { kind, cluster } = difference;
                let (count, example) = kinds.entry(kind).or_default();
                *count += 1;
                if example.is_empty() {
                    let (ours, theirs) = (Parts::of(body).count, verdict.count);
                    *example = format!("body {index}: {theirs} and not {ours}, {cluster:?} is cut");
                }
            }
            Err(problem) => unexplained.push(problem),
        }
    }
    say(&format!("parts: {BODIES} bodies, {gsm} in GSM-7, {several} of several parts"));
    for (kind, (count, example)) in &kinds {
        say(&format!("parts: the calculator differs by {kind:?} {count} times, as in {example}"));
    }
    assert!(unexplained.is_empty(), "{}: {}", unexplained.len(), unexplained[0]);
    // Guards against a set of bodies that is too one-sided to find mistakes.
    assert!(gsm > BODIES / 5 && gsm < BODIES * 4 / 5, "{gsm} bodies in GSM-7");
    assert!(several > BODIES / 2, "{several} bodies of several parts");
}

#[test]
fn known_bodies_have_as_many_parts_as_both_say() {
    let known = [
        ("]".repeat(80), 1),
        ("]".repeat(81), 2),
        ("]".repeat(153), 3),
        (format!("{0}€{0}", "a".repeat(152)), 3),
        ("a".repeat(306), 2),
        ("a".repeat(307), 3),
        ("ж".repeat(70), 1),
        ("ж".repeat(71), 2),
        ("😀".repeat(35), 1),
        ("😀".repeat(67), 3),
        (format!("{}\r\n{}", "ж".repeat(66), "ж".repeat(66)), 2),
    ];
    let bodies: Vec<String> = known.iter().map(|(body, _)| body.clone()).collect();
    for ((body, expected), verdict) in known.iter().zip(verdicts(&bodies)) {
        assert_eq!(Parts::of(body).count, *expected, "{body}");
        assert_eq!(verdict.count, *expected, "{body}");
    }
}

#[test]
fn both_know_the_same_alphabet() {
    let bodies: Vec<String> = ('\0'..='\u{ffff}').map(String::from).collect();
    for (body, verdict) in bodies.iter().zip(verdicts(&bodies)) {
        assert_eq!(Parts::of(body).encoding, verdict.encoding, "{body:?}");
    }
}
