//! The simulator's settings.

use std::str::FromStr;
use std::time::Duration;

use anyhow::bail;

/// How the simulator behaves. By default it is a well-behaved provider with quick receipts.
#[derive(Clone, Debug)]
pub struct Config {
    /// 0 picks a free port.
    pub port: u16,
    pub account_sid: String,
    pub auth_token: String,
    /// Together with each number, decides which messages the rates below affect.
    pub seed: u64,
    /// The average time to a message's first receipt. The next one follows after the same time.
    pub delay: Duration,
    /// The share of messages whose receipts are all sent twice.
    pub twice_rate: f64,
    /// The share of messages whose final receipt is sent before `sent`.
    pub out_of_order_rate: f64,
    /// The share of messages whose receipts are sent before the create call's response.
    pub early_rate: f64,
    /// The share of otherwise delivered messages that are undelivered instead.
    pub undelivered_rate: f64,
    /// How long a slow response takes.
    pub slow_answer: Duration,
    /// The maximum number of concurrent callbacks.
    pub callbacks_at_once: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            port: 0,
            account_sid: "AC00000000000000000000000000000001".to_owned(),
            auth_token: "simulator".to_owned(),
            seed: 1,
            delay: Duration::from_millis(200),
            twice_rate: 0.0,
            out_of_order_rate: 0.0,
            early_rate: 0.0,
            undelivered_rate: 0.0,
            slow_answer: Duration::from_secs(30),
            callbacks_at_once: 32,
        }
    }
}

impl Config {
    /// Reads the settings from variables named `SIMULATOR_...`. Each has a default. Unlike in
    /// tests, a provider that runs as a program is slightly unreliable by default.
    pub fn from_variables(get: impl Fn(&str) -> Option<String>) -> anyhow::Result<Self> {
        let mut problems = Vec::new();
        let default = Self::default();
        let config = Self {
            port: read(&get, &mut problems, "PORT", 0),
            account_sid: read(&get, &mut problems, "ACCOUNT_SID", default.account_sid),
            auth_token: read(&get, &mut problems, "AUTH_TOKEN", default.auth_token),
            seed: read(&get, &mut problems, "SEED", default.seed),
            delay: Duration::from_millis(read(&get, &mut problems, "DELAY_MS", 200)),
            twice_rate: rate(&get, &mut problems, "TWICE_RATE", 0.05),
            out_of_order_rate: rate(&get, &mut problems, "OUT_OF_ORDER_RATE", 0.05),
            early_rate: rate(&get, &mut problems, "EARLY_RATE", 0.02),
            undelivered_rate: rate(&get, &mut problems, "UNDELIVERED_RATE", 0.0),
            slow_answer: Duration::from_millis(read(&get, &mut problems, "SLOW_ANSWER_MS", 30_000)),
            callbacks_at_once: read(
                &get,
                &mut problems,
                "CALLBACKS_AT_ONCE",
                default.callbacks_at_once,
            ),
        };
        if config.callbacks_at_once == 0 {
            problems.push("SIMULATOR_CALLBACKS_AT_ONCE must be at least 1".to_owned());
        }
        if !problems.is_empty() {
            bail!("{}", problems.join("; "));
        }
        Ok(config)
    }
}

fn read<T: FromStr>(
    get: &impl Fn(&str) -> Option<String>,
    problems: &mut Vec<String>,
    name: &str,
    default: T,
) -> T {
    let name = format!("SIMULATOR_{name}");
    match get(&name).filter(|value| !value.is_empty()) {
        None => default,
        Some(value) => value.parse().unwrap_or_else(|_| {
            problems.push(format!("{name} can't be \"{value}\""));
            default
        }),
    }
}

fn rate(
    get: &impl Fn(&str) -> Option<String>,
    problems: &mut Vec<String>,
    name: &str,
    default: f64,
) -> f64 {
    let value = read(get, problems, name, default);
    if !(0.0..=1.0).contains(&value) {
        problems.push(format!("SIMULATOR_{name} must be from 0 to 1"));
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_read() {
        let config = Config::from_variables(|name| {
            (name == "SIMULATOR_TWICE_RATE").then(|| "0.25".to_owned())
        })
        .unwrap();
        assert!((config.twice_rate - 0.25).abs() < f64::EPSILON);
        assert_eq!(config.delay, Duration::from_millis(200));
    }

    #[test]
    fn every_bad_setting_is_named() {
        let error = Config::from_variables(|name| match name {
            "SIMULATOR_SEED" => Some("x".to_owned()),
            "SIMULATOR_EARLY_RATE" => Some("2".to_owned()),
            _ => None,
        })
        .unwrap_err()
        .to_string();
        assert!(error.contains("SIMULATOR_SEED"), "{error}");
        assert!(error.contains("SIMULATOR_EARLY_RATE"), "{error}");
    }
}
