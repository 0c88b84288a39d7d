//! Tries every input of the corpus, without libFuzzer.

use std::fs;
use std::path::Path;

use fuzz::TARGETS;

#[test]
fn every_kept_input_is_handled() -> anyhow::Result<()> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for target in TARGETS {
        let mut inputs = 0;
        for entry in fs::read_dir(corpus.join(target.name))? {
            (target.check)(&fs::read(entry?.path())?);
            inputs += 1;
        }
        anyhow::ensure!(inputs > 0, "{} has no corpus", target.name);
    }
    Ok(())
}
