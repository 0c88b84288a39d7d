//! Variables of Pinpoint's templates, and the merge fields that they become.

use super::values::Values;

/// What an import keeps as attributes, by the beginning of the name.
const GROUPS: [&str; 4] = ["User.UserAttributes.", "Attributes.", "Metrics.", "Location."];
const SINGLE: [&str; 3] = ["User.UserId", "Demographic.Locale", "Id"];

/// The merge field of a variable, or why there is none.
pub(super) fn field(variable: &str, values: &Values) -> Result<String, String> {
    if variable == "Address" {
        return Ok("phone".to_owned());
    }
    // An attribute's name may itself have dots, so only a whole last step is an index.
    let (name, index) = match variable.rsplit_once(".[") {
        Some((name, index)) => (name, index.strip_suffix(']').and_then(|index| index.parse().ok())),
        None => (variable, Some(0_usize)),
    };
    let is_indexed = name != variable;
    let Some(index) = index else { return Err(format!("the index of {variable} is not a number")) };
    if index > 0 {
        return Err(format!(
            "{variable} shows a later value; Volley shows all values of an attribute"
        ));
    }
    if is_indexed && values.has_several(name) {
        return Err(format!("{variable} shows one of several values that contacts have"));
    }
    let is_kept = SINGLE.contains(&name)
        || GROUPS.iter().any(|group| name.strip_prefix(group).is_some_and(|own| !own.is_empty()));
    let is_left_out = ["Location.Latitude", "Location.Longitude"].contains(&name);
    if !is_kept || is_left_out {
        return Err(format!("there is no merge field for {variable}"));
    }
    if name.contains(['"', '\\', '\n']) {
        return Err(format!("the name of {variable} has quotes"));
    }
    Ok(format!("attributes[\"{name}\"]"))
}
