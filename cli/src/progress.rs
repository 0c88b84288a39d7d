//! Progress of work that takes longer than a second.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::Output;

const SHOWN_AFTER: Duration = Duration::from_secs(1);

/// A bar on standard error. It appears after a second, and not at all if no person would see it.
pub(crate) struct Progress {
    bar: ProgressBar,
    since: Instant,
    is_shown: bool,
    is_quiet: bool,
}

impl Progress {
    pub(crate) fn new(output: &Output, what: &str) -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        bar.set_message(what.to_owned());
        Self { bar, since: Instant::now(), is_shown: false, is_quiet: output.is_quiet() }
    }

    /// Shows how much is done, of how much if that is known.
    pub(crate) fn set(&mut self, done: u64, total: Option<u64>) {
        self.show(total.is_some());
        if let Some(total) = total {
            self.bar.set_length(total);
        }
        self.bar.set_position(done);
        self.bar.tick();
    }

    pub(crate) fn finish(self) {
        self.bar.finish_and_clear();
    }

    fn show(&mut self, is_bar: bool) {
        if self.is_shown || self.is_quiet || self.since.elapsed() < SHOWN_AFTER {
            return;
        }
        self.is_shown = true;
        let template = if is_bar {
            "{msg} {bar:30} {human_pos} / {human_len}"
        } else {
            "{spinner} {msg} {human_pos}"
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
        self.bar.set_draw_target(ProgressDrawTarget::stderr());
    }
}
