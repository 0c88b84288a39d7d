//! The header of a file: which column is which field of a contact.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::RowError;
use crate::contact::Profile;
use crate::ids::ContactId;
use crate::phone::{Phone, Region};

/// The most columns of a file.
const COLUMNS_MOST: usize = 200;
/// The longest name of a column, in characters: a contact's attribute has no longer one.
const NAME_LONGEST: usize = 200;

/// Which column of the file is which field, as the client named them. An empty name says that none
/// is, whatever the file's columns are called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Columns {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opt_out: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    Id,
    Phone,
    FirstName,
    LastName,
    Email,
    OptOut,
}

/// Names under which a field is found if the client maps none; case and punctuation do not count.
/// A field has the first column that has one of its names.
const NAMES: [(Field, &[&str]); 7] = [
    (Field::Id, &["id", "contactid"]),
    (
        Field::Phone,
        &[
            "phone",
            "phonenumber",
            "mobile",
            "mobilenumber",
            "mobilephone",
            "cell",
            "tel",
            "telephone",
        ],
    ),
    // Where it is all that there is: in an export of Amazon Pinpoint's it holds the phone, in other
    // files a street.
    (Field::Phone, &["address"]),
    (Field::FirstName, &["firstname", "first", "givenname", "forename"]),
    (Field::LastName, &["lastname", "last", "surname", "familyname"]),
    (Field::Email, &["email", "emailaddress", "mail"]),
    (Field::OptOut, &["optout", "optedout", "unsubscribed"]),
];

/// Why a header was refused, and with it the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidHeader {
    #[error("the header cannot be read: {0}")]
    Unreadable(String),
    #[error("the file has no column '{0}'; its columns are {1}")]
    NoColumn(String, String),
    #[error("the file has no column for phones; name it with ?phone=COLUMN; its columns are {0}")]
    NoPhone(String),
    #[error("the file has the column '{0}' twice")]
    Twice(String),
    #[error("the file has {0} columns, more than {COLUMNS_MOST}")]
    TooMany(usize),
    #[error("the name of column {0} is longer than {NAME_LONGEST} characters")]
    NameTooLong(usize),
}

/// The columns of one file: where each field is; all others are attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    names: Vec<String>,
    fields: Vec<Option<Field>>,
}

/// What a row asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The contact to update; without one, the row creates a contact.
    pub id: Option<ContactId>,
    pub profile: Profile,
    /// Whether the file says that the person behind the phone wants no messages.
    pub is_opted_out: bool,
}

impl Header {
    pub fn read(names: &[&str], columns: &Columns) -> Result<Self, InvalidHeader> {
        let names: Vec<String> = names.iter().map(|name| name.trim().to_owned()).collect();
        if names.len() > COLUMNS_MOST {
            return Err(InvalidHeader::TooMany(names.len()));
        }
        if let Some(place) = names.iter().position(|name| name.chars().count() > NAME_LONGEST) {
            return Err(InvalidHeader::NameTooLong(place + 1));
        }
        let listed = || names.join(", ");
        if let Some((_, twice)) = names
            .iter()
            .enumerate()
            .find(|(at, name)| !name.is_empty() && names[..*at].contains(name))
        {
            return Err(InvalidHeader::Twice(twice.clone()));
        }
        let mut fields = vec![None; names.len()];
        for (field, known) in NAMES {
            if fields.contains(&Some(field)) {
                continue;
            }
            let place = match columns.of(field) {
                Some(wanted) if wanted.trim().is_empty() => None,
                Some(wanted) => Some(
                    names
                        .iter()
                        .position(|name| name == wanted.trim())
                        .ok_or_else(|| InvalidHeader::NoColumn(wanted.clone(), listed()))?,
                ),
                None => names.iter().position(|name| known.contains(&plain(name).as_str())),
            };
            if let Some(place) = place.filter(|place| fields[*place].is_none()) {
                fields[place] = Some(field);
            }
        }
        if !fields.contains(&Some(Field::Phone)) {
            return Err(InvalidHeader::NoPhone(listed()));
        }
        Ok(Self { names, fields })
    }

    /// Reads the values of row `number`.
    pub fn row(&self, number: u64, values: &[&str], region: Region) -> Result<Row, RowError> {
        let refuse = |column: Option<&str>, reason: String| RowError {
            row: number,
            column: column.map(str::to_owned),
            reason,
        };
        if values.len() != self.names.len() {
            let reason =
                format!("has {} values, where the header has {}", values.len(), self.names.len());
            return Err(refuse(None, reason));
        }
        let mut id = None;
        let mut is_opted_out = false;
        let mut profile = Profile::default();
        let mut attributes = BTreeMap::new();
        for ((name, field), value) in self.names.iter().zip(&self.fields).zip(values) {
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            match field {
                Some(Field::Id) => {
                    id =
                        Some(value.parse().map_err(|_| {
                            refuse(Some(name), "is no contact id (a UUID)".to_owned())
                        })?);
                }
                Some(Field::Phone) => {
                    profile.phone = Some(
                        Phone::parse(value, region)
                            .map_err(|error| refuse(Some(name), error.to_string()))?,
                    );
                }
                Some(Field::FirstName) => profile.first_name = Some(value.to_owned()),
                Some(Field::LastName) => profile.last_name = Some(value.to_owned()),
                Some(Field::Email) => profile.email = Some(value.to_owned()),
                Some(Field::OptOut) => {
                    is_opted_out = says_opted_out(value).ok_or_else(|| {
                        refuse(Some(name), "is neither ALL nor NONE, neither yes nor no".to_owned())
                    })?;
                }
                None if name.is_empty() => {}
                None => {
                    attributes.insert(name.clone(), value.to_owned());
                }
            }
        }
        profile.attributes = attributes;
        let profile = profile.checked().map_err(|error| {
            let column = self.column_of(error.field);
            refuse(column, error.reason)
        })?;
        Ok(Row { id, profile, is_opted_out })
    }

    fn column_of(&self, field: &str) -> Option<&str> {
        let field = match field {
            "firstName" => Field::FirstName,
            "lastName" => Field::LastName,
            "email" => Field::Email,
            _ => return None,
        };
        let place = self.fields.iter().position(|found| *found == Some(field))?;
        Some(&self.names[place])
    }
}

impl Columns {
    fn of(&self, field: Field) -> Option<&String> {
        match field {
            Field::Id => self.id.as_ref(),
            Field::Phone => self.phone.as_ref(),
            Field::FirstName => self.first_name.as_ref(),
            Field::LastName => self.last_name.as_ref(),
            Field::Email => self.email.as_ref(),
            Field::OptOut => self.opt_out.as_ref(),
        }
    }
}

/// Reads a column of opt-outs: as Amazon Pinpoint writes it, or as people do. What is unclear is not
/// taken for a yes or a no.
fn says_opted_out(value: &str) -> Option<bool> {
    match plain(value).as_str() {
        "all" | "yes" | "y" | "true" | "1" => Some(true),
        "none" | "no" | "n" | "false" | "0" => Some(false),
        _ => None,
    }
}

fn plain(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(names: &[&str]) -> Header {
        Header::read(names, &Columns::default()).expect("a header")
    }

    #[test]
    fn columns_are_found_by_name() {
        let header = header(&["First Name", "PHONE_NUMBER", "e-mail", "city"]);
        let row = header
            .row(1, &["Zoë", "(415) 355-0123", "zoe@example.com", "Oakland"], Region::default())
            .expect("a row");
        assert_eq!(row.profile.phone.expect("a phone").as_str(), "+14153550123");
        assert_eq!(row.profile.first_name.as_deref(), Some("Zoë"));
        assert_eq!(row.profile.email.as_deref(), Some("zoe@example.com"));
        assert_eq!(row.profile.attributes["city"], "Oakland");
    }

    #[test]
    fn columns_can_be_mapped() {
        let columns = Columns { phone: Some("Nummer".to_owned()), ..Columns::default() };
        assert!(Header::read(&["Nummer"], &columns).is_ok());
        assert!(matches!(Header::read(&["other"], &columns), Err(InvalidHeader::NoColumn(..))));
        let none = Columns { id: Some(String::new()), ..Columns::default() };
        let header = Header::read(&["Id", "Address"], &none).expect("a header");
        let row = header.row(1, &["ab12", "+14153550123"], Region::default()).expect("a row");
        assert_eq!((row.id, row.profile.attributes["Id"].as_str()), (None, "ab12"));
        let refused = Header::read(&["name", "city"], &Columns::default());
        assert!(matches!(refused, Err(InvalidHeader::NoPhone(_))));
        let long = "x".repeat(NAME_LONGEST + 1);
        let refused = Header::read(&["phone", &long], &Columns::default());
        assert_eq!(refused, Err(InvalidHeader::NameTooLong(2)));
        let refused = Header::read(&["phone"; COLUMNS_MOST + 1], &Columns::default());
        assert_eq!(refused, Err(InvalidHeader::TooMany(COLUMNS_MOST + 1)));
        let refused = Header::read(&["phone", "city", "city"], &Columns::default());
        assert_eq!(refused, Err(InvalidHeader::Twice("city".to_owned())));
    }

    #[test]
    fn a_bad_row_names_its_column() {
        let header = header(&["phone", "email"]);
        let refused =
            |values: &[&str]| header.row(7, values, Region::default()).expect_err("refused");
        assert_eq!(refused(&["12", ""]).column.as_deref(), Some("phone"));
        assert_eq!(refused(&["", "nobody"]).column.as_deref(), Some("email"));
        assert_eq!(refused(&["x"]).column, None);
        assert_eq!(refused(&["x"]).row, 7);
    }

    #[test]
    fn an_address_is_a_phone_where_there_is_no_other() {
        let phone = |names: &[&str], values: &[&str]| {
            let row = header(names).row(1, values, Region::default()).expect("a row");
            row.profile.phone.expect("a phone").to_string()
        };
        assert_eq!(phone(&["name", "Address"], &["Zoë", "+14153550123"]), "+14153550123");
        let values = ["Zoë", "1 Main Street", "+14153550123"];
        assert_eq!(phone(&["name", "address", "phone"], &values), "+14153550123");
    }

    #[test]
    fn an_opt_out_is_read_and_never_guessed() {
        let header = header(&["phone", "OptOut"]);
        let row = |value| header.row(1, &["+14153550123", value], Region::default());
        for value in ["ALL", "yes", "True", "1"] {
            assert!(row(value).expect("a row").is_opted_out, "{value}");
        }
        for value in ["NONE", "no", "FALSE", "0", ""] {
            assert!(!row(value).expect("a row").is_opted_out, "{value}");
        }
        assert_eq!(row("perhaps").expect_err("unclear").column.as_deref(), Some("OptOut"));
    }

    #[test]
    fn a_blank_phone_is_a_contact_without_one() {
        let row = header(&["phone", "first_name"]).row(1, &[" ", "Ana"], Region::default());
        assert_eq!(row.expect("a row").profile.phone, None);
    }
}
