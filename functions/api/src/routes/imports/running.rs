//! Imports that run while a campaign is quoted or sent.

use shared::ids::OrganizationId;

use crate::problem::Problem;
use crate::state::Volley;

/// The newest imports, among which those that still run are looked for.
const LOOKED_AT: i32 = 50;

/// Says that imports still change the audience, if any do.
pub(crate) async fn import_warnings(
    app: &Volley,
    organization: OrganizationId,
) -> Result<Vec<String>, Problem> {
    let (newest, _) = app.table.imports(organization, LOOKED_AT, None).await?;
    let running: Vec<String> = newest
        .iter()
        .filter(|import| import.is_changing_contacts())
        .map(|import| import.id.to_string())
        .collect();
    let warning = || {
        format!(
            "imports that are still running may change contacts after the audience has been read: {}",
            running.join(", ")
        )
    };
    Ok(if running.is_empty() { Vec::new() } else { vec![warning()] })
}
