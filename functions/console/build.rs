//! Embeds what `console/` was built into, as Rust source that includes each file.
//!
//! Without a build, such as in a clone that has only run `cargo build`, the function serves a page that
//! says so.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use sha2::{Digest, Sha256};

/// `on` for the local stack: its console can be opened by a link that carries a key. Deployed builds do
/// not contain that code.
const SIGN_IN_BY_LINK: &str = "CONSOLE_SIGN_IN_BY_LINK";
const LINK_SCRIPT: &str = "sign-in-by-link.js";
const NOT_BUILT: &str = "<!doctype html><html lang=\"en\"><title>Volley</title>\
    <p>This program was built without the console. Run <code>make build</code> and deploy it again.</p></html>";

fn main() -> io::Result<()> {
    let console = Path::new("../../console").to_owned();
    let (dist, local) = (console.join("dist"), console.join("local").join(LINK_SCRIPT));
    for path in [&dist, &local] {
        println!("cargo::rerun-if-changed={}", path.display());
    }
    println!("cargo::rerun-if-env-changed={SIGN_IN_BY_LINK}");
    let by_link = env::var(SIGN_IN_BY_LINK).is_ok_and(|value| value == "on");
    let mut files = files(&dist, &dist)?;
    let mut index =
        fs::read_to_string(dist.join("index.html")).unwrap_or_else(|_| NOT_BUILT.to_owned());
    if by_link {
        files.push((LINK_SCRIPT.to_owned(), local));
        // Before the application's own script; modules run in order.
        let script =
            format!("<script type=\"module\" src=\"./{LINK_SCRIPT}\"></script>\n    <script");
        index = index.replacen("<script", &script, 1);
    }
    files.sort();
    let mut source = format!("pub(crate) const INDEX: &str = {index:?};\n");
    writeln!(source, "pub(crate) const INDEX_HASH: &str = {:?};", hash(index.as_bytes()))
        .expect("memory");
    source.push_str("pub(crate) static FILES: &[File] = &[\n");
    for (name, path) in files {
        entry(&mut source, &name, &path)?;
    }
    source.push_str("];\n");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("Cargo sets OUT_DIR"));
    fs::write(out.join("files.rs"), source)
}

/// Every file below a folder by its path in there, but for the page itself and compressed forms.
fn files(root: &Path, folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut found = Vec::new();
    if !folder.is_dir() {
        return Ok(found);
    }
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.strip_prefix(root).expect("it is below").to_string_lossy().into_owned();
        let is_compressed = path.extension().is_some_and(|end| end == "br" || end == "gz");
        if path.is_dir() {
            found.extend(files(root, &path)?);
        } else if name != "index.html" && !is_compressed {
            found.push((name, path));
        }
    }
    Ok(found)
}

fn entry(source: &mut String, name: &str, path: &Path) -> io::Result<()> {
    let path = path.canonicalize()?;
    let include = |path: &Path| format!("include_bytes!({:?})", path.display().to_string());
    let compressed = |end: &str| {
        let path = PathBuf::from(format!("{}.{end}", path.display()));
        if path.is_file() { format!("Some({})", include(&path)) } else { "None".to_owned() }
    };
    writeln!(
        source,
        "    File {{ name: {name:?}, hash: {:?}, plain: {}, brotli: {}, gzip: {} }},",
        hash(&fs::read(&path)?),
        include(&path),
        compressed("br"),
        compressed("gz"),
    )
    .expect("memory");
    Ok(())
}

/// Enough of a SHA-256 to distinguish versions.
fn hash(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    digest.iter().take(8).fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
