//! What the template says of the functions: batches and memory.

use std::path::Path;

use anyhow::Context;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Template {
    pub(crate) memory_mib: u32,
    pub(crate) jobs: usize,
    pub(crate) dispatch: usize,
    pub(crate) polls: usize,
    pub(crate) receipts: usize,
}

impl Template {
    pub(crate) fn read(root: &Path) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(root.join("template.yaml"))?;
        let batch = |queue: &str| {
            number(&text, &format!("EventSourceArn: !GetAtt {queue}.Arn"), "BatchSize:")
        };
        Ok(Self {
            memory_mib: u32::try_from(number(&text, "Globals:", "MemorySize:")?)?,
            jobs: batch("JobsQueue")?,
            dispatch: batch("DispatchQueue")?,
            polls: batch("PollsQueue")?,
            receipts: batch("ReceiptsQueue")?,
        })
    }
}

/// The number behind `name` in the first place after `mark`.
fn number(text: &str, mark: &str, name: &str) -> anyhow::Result<usize> {
    let after = |text: &str, mark: &str| text.split_once(mark).map(|(_, after)| after.to_owned());
    after(text, mark)
        .and_then(|text| after(&text, name))
        .and_then(|text| text.split_whitespace().next()?.parse().ok())
        .with_context(|| format!("template.yaml has no {name} after {mark}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_has_what_the_bench_needs() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let template = Template::read(&root).expect("readable");
        let batches = [template.jobs, template.dispatch, template.polls, template.receipts];
        assert!(batches.iter().all(|batch| *batch > 0) && template.memory_mib > 0);
    }
}
