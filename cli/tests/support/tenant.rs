//! An organization on the local stack.

use std::process::Command;

use serde_json::Value;

/// An organization, and the settings to work in it.
pub(crate) struct Tenant {
    pub(crate) url: String,
    pub(crate) key: String,
    pub(crate) organization: String,
}

impl Tenant {
    pub(crate) fn new() -> Self {
        let read =
            |name| std::env::var(name).expect("these tests need the local stack: run `make test`");
        let admin =
            Self { url: read("API_URL"), key: read("ADMIN_KEY"), organization: String::new() };
        let sender = phone();
        let organization = admin.run(&[
            "org",
            "create",
            "Corner Bakery",
            "--sender",
            &sender,
            "--parts-per-second",
            "1000",
            "--field",
            "id",
        ]);
        let admin = Self { organization, ..admin };
        let key = admin.run(&["keys", "create", "test", "--role", "admin", "--field", "secret"]);
        Self { key, ..admin }
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = super::bare();
        command
            .env("VOLLEY_API_URL", &self.url)
            .env("VOLLEY_API_KEY", &self.key)
            .env("VOLLEY_ORGANIZATION", &self.organization)
            .args(arguments);
        command
    }

    /// The output of a command that succeeds.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let (code, out, errors) = self.outcome(arguments);
        assert_eq!(code, 0, "volley {arguments:?}: {out}{errors}");
        out.trim().to_owned()
    }

    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let text = self.run(&[arguments, &["--output", "json"]].concat());
        serde_json::from_str(&text).unwrap()
    }

    pub(crate) fn outcome(&self, arguments: &[&str]) -> (i32, String, String) {
        let output = self.command(arguments).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }
}

/// A number that libphonenumber considers valid and that the simulator delivers to.
pub(crate) fn phone() -> String {
    let random = || getrandom::u32().unwrap();
    let area = [212, 213, 312, 313, 415, 206, 305, 310][random() as usize % 8];
    // No exchange ends in 11, and last four digits from 9000 on script another outcome.
    let exchange = (22 + random() % 76) * 10 + 2 + random() % 8;
    format!("+1{area}{exchange}{:04}", random() % 9_000)
}
