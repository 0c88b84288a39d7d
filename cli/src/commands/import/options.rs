//! How a file is to be read, as parameters of a request or as the body of an upload's.

use clap::{Args, ValueEnum};
use serde_json::{Map, Value, json};

#[derive(Debug, Default, Args)]
pub(crate) struct Options {
    /// How a row finds the contact to update
    #[arg(
        long = "match",
        value_enum,
        value_name = "id|phone|external-id|none",
        hide_possible_values = true
    )]
    matching: Option<Match>,
    /// Leave contacts as they are that a row finds
    #[arg(long)]
    skip_matches: bool,
    /// Only opt people out; create no contacts
    #[arg(long)]
    opt_outs_only: bool,
    /// The file's encoding; it is detected by default
    #[arg(long)]
    encoding: Option<String>,
    /// The character between cells; it is detected by default
    #[arg(long, value_name = "CHARACTER")]
    delimiter: Option<String>,
    /// The file's format, csv or jsonl; it is detected by default
    #[arg(long)]
    format: Option<String>,
    /// The columns that become attributes, separated by commas, or `none`
    #[arg(long, value_name = "COLUMNS", help_heading = "Columns")]
    attributes: Option<String>,
    #[command(flatten)]
    columns: Columns,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Match {
    Id,
    Phone,
    ExternalId,
    None,
}

#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Columns")]
struct Columns {
    /// The column with IDs of contacts to update
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,
    /// The column with phones
    #[arg(long, value_name = "COLUMN")]
    phone: Option<String>,
    /// The column with first names
    #[arg(long, value_name = "COLUMN")]
    first_name: Option<String>,
    /// The column with last names
    #[arg(long, value_name = "COLUMN")]
    last_name: Option<String>,
    /// The column with email addresses
    #[arg(long, value_name = "COLUMN")]
    email: Option<String>,
    /// The column that marks people who opted out
    #[arg(long, value_name = "COLUMN")]
    opt_out: Option<String>,
    /// The column with IDs of another system
    #[arg(long, value_name = "COLUMN")]
    external_id: Option<String>,
    /// The column that says active or inactive
    #[arg(long, value_name = "COLUMN")]
    status: Option<String>,
    /// The column with time zones
    #[arg(long, value_name = "COLUMN")]
    time_zone: Option<String>,
    /// The column with languages
    #[arg(long, value_name = "COLUMN")]
    language: Option<String>,
    /// The column with tags, separated by commas or semicolons
    #[arg(long, value_name = "COLUMN")]
    tags: Option<String>,
}

impl Match {
    fn label(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Phone => "phone",
            Self::ExternalId => "externalId",
            Self::None => "none",
        }
    }
}

impl Columns {
    fn given(&self) -> impl Iterator<Item = (&'static str, &String)> {
        let columns = [
            ("id", &self.id),
            ("phone", &self.phone),
            ("firstName", &self.first_name),
            ("lastName", &self.last_name),
            ("email", &self.email),
            ("optOut", &self.opt_out),
            ("externalId", &self.external_id),
            ("status", &self.status),
            ("timeZone", &self.time_zone),
            ("language", &self.language),
            ("tags", &self.tags),
        ];
        columns.into_iter().filter_map(|(name, column)| Some((name, column.as_ref()?)))
    }
}

impl Options {
    /// For a file of Pinpoint's endpoints in lines of JSON. Their IDs are not those of contacts.
    pub(super) fn of_endpoints(opt_outs_only: bool) -> Self {
        Self {
            matching: Some(Match::Phone),
            opt_outs_only,
            format: Some("jsonl".to_owned()),
            columns: Columns { id: Some(String::new()), ..Columns::default() },
            ..Self::default()
        }
    }

    /// What both forms of the request call by the same name.
    fn common(&self) -> impl Iterator<Item = (&'static str, String)> {
        let options = [
            ("encoding", self.encoding.clone()),
            ("delimiter", self.delimiter.clone()),
            ("format", self.format.clone()),
            ("match", self.matching.map(|matching| matching.label().to_owned())),
            ("onMatch", self.skip_matches.then(|| "skip".to_owned())),
            ("optOuts", self.opt_outs_only.then(|| "only".to_owned())),
        ];
        options.into_iter().filter_map(|(name, option)| Some((name, option?)))
    }

    pub(super) fn query(&self, is_dry: bool) -> Vec<(&'static str, String)> {
        let mut query: Vec<_> =
            self.columns.given().map(|(name, column)| (name, column.clone())).collect();
        query.extend(self.attributes.iter().map(|names| ("attributes", names.clone())));
        query.extend(self.common());
        if is_dry {
            query.push(("dryRun", "true".to_owned()));
        }
        query
    }

    pub(super) fn upload_request(&self, is_dry: bool) -> Value {
        let mut body = Map::new();
        body.insert("upload".to_owned(), true.into());
        body.insert("dryRun".to_owned(), is_dry.into());
        body.extend(self.common().map(|(name, option)| (name.to_owned(), option.into())));
        let columns: Map<_, _> = self
            .columns
            .given()
            .map(|(name, column)| (name.to_owned(), column.clone().into()))
            .collect();
        if !columns.is_empty() {
            body.insert("columns".to_owned(), columns.into());
        }
        if let Some(names) = &self.attributes {
            let names: Vec<&str> = names.split(',').map(str::trim).collect();
            let names = if names == ["none"] { Vec::new() } else { names };
            body.insert("attributes".to_owned(), json!(names));
        }
        body.into()
    }
}
