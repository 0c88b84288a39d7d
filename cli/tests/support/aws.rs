//! A script in place of the AWS CLI.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;

/// Puts a program `aws` into a folder. It prints the file that is named like the operation, keeps its arguments
/// in `asked`, and is refused everything else.
pub(crate) fn install(folder: &Path, responses: &[(&str, Value)]) {
    let program = folder.join("aws");
    let script = format!(
        "#!/bin/sh\necho \"$@\" >> {0}/asked\nfile={0}/$2.json\n\
         if [ -f $file ]; then exec /bin/cat $file; fi\necho >&2\n\
         echo \"An error occurred (AccessDenied) when calling $2\" >&2\nexit 254\n",
        folder.display()
    );
    std::fs::write(&program, script).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    for (operation, content) in responses {
        std::fs::write(folder.join(format!("{operation}.json")), content.to_string()).unwrap();
    }
}
