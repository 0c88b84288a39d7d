//! The balance sheet as people read it.

use std::fmt;

use super::balance::{Balance, Fate};

impl fmt::Display for Balance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let endpoints = &self.endpoints;
        let skipped: u64 = endpoints.other_channels.values().sum();
        let read = endpoints.sms + endpoints.inactive + endpoints.without_address + skipped;
        line(f, "endpoints read", read)?;
        line(f, "  = for SMS: a contact for each phone", endpoints.sms)?;
        line(f, "  + inactive: kept if no other has the phone", endpoints.inactive)?;
        line(f, "  + without an address", endpoints.without_address)?;
        for (channel, count) in &endpoints.other_channels {
            line(f, &format!("  + other channel: {channel}"), *count)?;
        }
        line(f, "opt-outs in endpoints", self.opt_outs.endpoints)?;
        line(f, "opt-outs in lists", self.opt_outs.lists)?;
        line(f, "opt-outs in events", self.opt_outs.events)?;
        section(f, "templates", &self.templates)?;
        section(f, "segments", &self.segments)?;
        section(f, "campaigns", &self.campaigns)?;
        for (name, fate) in &self.campaigns {
            for note in fate.iter().flat_map(|draft| &draft.notes) {
                writeln!(f, "  {name}: {note}")?;
            }
        }
        line(f, "files that were not read", self.unread.len() as u64)?;
        for (file, reason) in &self.unread {
            writeln!(f, "  {file}: {reason}")?;
        }
        Ok(())
    }
}

fn line(f: &mut fmt::Formatter<'_>, what: &str, count: u64) -> fmt::Result {
    writeln!(f, "{what:52}{count:>12}")
}

fn section<T>(f: &mut fmt::Formatter<'_>, what: &str, fates: &[Fate<T>]) -> fmt::Result {
    let moved = fates.iter().filter(|(_, fate)| fate.is_ok()).count();
    line(f, &format!("{what} that move"), moved as u64)?;
    line(f, &format!("{what} that need a hand"), (fates.len() - moved) as u64)?;
    for (name, fate) in fates {
        if let Err(reason) = fate {
            writeln!(f, "  {name}: {reason}")?;
        }
    }
    Ok(())
}
