//! An endpoint in the form and in the order of the fields that exports have.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::chance::Chance;

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Channel {
    Sms,
    Voice,
    Email,
    Gcm,
    Apns,
}

impl Channel {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Sms => "SMS",
            Self::Voice => "VOICE",
            Self::Email => "EMAIL",
            Self::Gcm => "GCM",
            Self::Apns => "APNS",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Status {
    Active,
    Inactive,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum OptOut {
    All,
    None,
}

/// Attributes have lists of values.
pub(super) type Lists = BTreeMap<String, Vec<String>>;

#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) country: Option<&'static str>,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(super) city: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Demographic {
    pub(super) timezone: &'static str,
    pub(super) locale: &'static str,
    pub(super) platform: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct User {
    pub(super) user_id: String,
    #[serde(skip_serializing_if = "Lists::is_empty")]
    pub(super) user_attributes: Lists,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Endpoint {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) channel_type: Option<Channel>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) address: Option<String>,
    #[serde(rename = "EndpointStatus", skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<Status>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) opt_out: Option<OptOut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) location: Option<Location>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) demographic: Option<Demographic>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) effective_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) attributes: Option<Lists>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) metrics: Option<BTreeMap<&'static str, f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) user: Option<User>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) application_id: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cohort_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) creation_date: Option<String>,
}

impl Endpoint {
    /// Whether its phone is opted out.
    pub(super) fn opts_out(&self) -> bool {
        let has_phone = matches!(self.channel_type, Some(Channel::Sms | Channel::Voice));
        has_phone && self.opt_out == Some(OptOut::All)
    }

    pub(super) fn of_another_user(mut self) -> Self {
        if let Some(user) = &mut self.user {
            user.user_id.push_str("-b");
        }
        self
    }

    /// More attributes than a contact may have, of which Pinpoint allowed 250.
    pub(super) fn overloaded(mut self) -> Self {
        let attributes = self.attributes.get_or_insert_default();
        attributes.extend((1..=25).map(|n| (format!("Survey {n}"), vec!["yes".to_owned()])));
        self
    }

    /// With an address as some exports have them: digits run together, rounded by a spreadsheet, or made up.
    pub(super) fn unreadable(mut self, chance: &mut Chance) -> Self {
        let digits = chance.digits(7);
        let address = match chance.below(5) {
            0 => format!("206{digits}777777"),
            1 => "1.41536E+10".to_owned(),
            2 => "unknown".to_owned(),
            3 => digits[..4].to_owned(),
            _ => format!("+1000{digits}"),
        };
        self.address = Some(address);
        self.opt_out = Some(OptOut::None);
        self
    }
}
