//! How a file is to be read, as its beginning shows.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use strum::VariantArray;

use super::cell::is_blank;
use super::columns::Columns;
use super::encoding::Charset;
use super::header::{Header, InvalidHeader};
use super::place::Place;
use super::records::{Next, Records, Separation, separations};
use crate::phone::Region;

/// The header row must be within this many bytes of the file's beginning.
pub const HEAD_BYTES: u64 = 1024 * 1024;

/// An endpoint of Amazon Pinpoint is shorter.
const MAX_OBJECT: usize = 64 * 1024;

/// What a file's rows are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, VariantArray)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Records behind a header, separated by a delimiter.
    #[default]
    Csv,
    /// One JSON object a line.
    Jsonl,
}

/// What the client says of a file, and where it is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    pub format: Format,
    pub charset: Charset,
    pub delimiter: Option<char>,
    pub columns: Columns,
    pub region: Region,
    pub are_opt_outs_only: bool,
}

/// How a file's rows are found and read.
#[derive(Clone, Debug)]
pub struct Layout {
    pub(super) charset: Charset,
    pub(super) columns: Columns,
    pub(super) region: Region,
    pub(super) are_opt_outs_only: bool,
    pub(super) shape: Shape,
    /// Where the first row begins.
    pub(super) first: Place,
}

#[derive(Clone, Debug)]
pub(super) enum Shape {
    Csv { delimiter: char, header: Arc<Header> },
    Lines { are_endpoints: bool },
}

impl Format {
    /// The format of a file whose client names none.
    #[must_use]
    pub fn of(head: &[u8], charset: Charset) -> Self {
        let sample = &head[Charset::mark_length(head)..];
        let text = charset.decoder().decode(&sample[..sample.len().min(4_096)], false);
        if text.trim_start().starts_with('{') { Self::Jsonl } else { Self::Csv }
    }
}

impl Layout {
    /// Reads the header of a file from its first bytes. Of the delimiters that the file may have, it
    /// is one that yields a column for phones.
    pub fn read(head: &[u8], is_whole: bool, of: &Description) -> Result<Self, InvalidHeader> {
        if of.format == Format::Jsonl {
            if head.is_empty() {
                return Err(InvalidHeader::Empty);
            }
            return Ok(Self {
                charset: of.charset,
                columns: of.columns.clone(),
                region: of.region,
                are_opt_outs_only: of.are_opt_outs_only,
                shape: Shape::Lines { are_endpoints: are_endpoints(head, of.charset) },
                first: Place::beginning(Charset::mark_length(head) as u64),
            });
        }
        let read = |separation| Self::separated(head, is_whole, separation, of);
        let separations = separations(head, of.charset, of.delimiter);
        let mut layouts: Vec<_> = separations.into_iter().map(read).collect();
        let is_certain = |layout: &Result<Self, _>| layout.as_ref().is_ok_and(Self::is_certain);
        let best = layouts
            .iter()
            .position(is_certain)
            .or_else(|| layouts.iter().position(Result::is_ok))
            .unwrap_or_default();
        layouts.swap_remove(best)
    }

    fn separated(
        head: &[u8],
        is_whole: bool,
        separation: Separation,
        of: &Description,
    ) -> Result<Self, InvalidHeader> {
        let Separation { delimiter, start } = separation;
        let mut records = Records::new(of.charset, Some(delimiter), start);
        records.feed(
            head.get(usize::try_from(start.offset).unwrap_or_default()..).unwrap_or_default(),
        );
        if is_whole {
            records.end();
        }
        let mut place = start;
        loop {
            let record = match records.next() {
                Next::Ready(record) => record?,
                Next::Starved => return Err(InvalidHeader::TooFar),
                Next::End => return Err(InvalidHeader::Empty),
            };
            place = place.behind(&record, records.position());
            if !record.cells.iter().all(|cell| is_blank(cell)) {
                let header = Header::read(&record.cells, &of.columns, of.region)?;
                return Ok(Self {
                    charset: of.charset,
                    columns: of.columns.clone(),
                    region: of.region,
                    are_opt_outs_only: of.are_opt_outs_only,
                    shape: Shape::Csv { delimiter, header: Arc::new(header) },
                    first: place,
                });
            }
        }
    }

    fn is_certain(&self) -> bool {
        match &self.shape {
            Shape::Csv { header, .. } => header.is_certain,
            Shape::Lines { .. } => true,
        }
    }

    /// Whether a column named `id` may have the ids of another system, which only its rows show.
    #[must_use]
    pub fn has_unclear_ids(&self) -> bool {
        let may_have_ids = match &self.shape {
            Shape::Csv { header, .. } => header.id.is_some(),
            Shape::Lines { .. } => true,
        };
        self.columns.id.is_none() && may_have_ids
    }

    /// The same file without contacts' ids: a column with this name is an attribute.
    pub fn without_ids(self) -> Result<Self, InvalidHeader> {
        let columns = Columns { id: Some(String::new()), ..self.columns };
        let shape = match self.shape {
            Shape::Csv { delimiter, header } => {
                let header = Arc::new(Header::read(&header.names, &columns, self.region)?);
                Shape::Csv { delimiter, header }
            }
            lines @ Shape::Lines { .. } => lines,
        };
        Ok(Self { columns, shape, ..self })
    }

    /// Whether the rows are endpoints of Amazon Pinpoint.
    #[must_use]
    pub fn is_pinpoint(&self) -> bool {
        match &self.shape {
            Shape::Csv { header, .. } => header.endpoint.is_some(),
            Shape::Lines { are_endpoints } => *are_endpoints,
        }
    }

    /// Whether every phone in the file is opted out, because the file only opts people out and has no
    /// column that says whom. Objects have no common columns, so that the whole file could be judged
    /// by its beginning. Each has to say it itself.
    pub(super) fn is_list_of_opt_outs(&self) -> bool {
        match &self.shape {
            Shape::Csv { header, .. } => self.are_opt_outs_only && !header.has_opt_outs(),
            Shape::Lines { .. } => false,
        }
    }

    /// The indexes of the columns for phones.
    pub(super) fn phones(&self) -> &[usize] {
        match &self.shape {
            Shape::Csv { header, .. } => &header.phones,
            Shape::Lines { .. } => &[],
        }
    }
}

/// Whether the first object of a file is an endpoint of Amazon Pinpoint.
fn are_endpoints(head: &[u8], charset: Charset) -> bool {
    let head = &head[Charset::mark_length(head)..];
    let text = charset.decoder().decode(&head[..head.len().min(MAX_OBJECT)], false);
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let object: Result<Map<String, Value>, _> = serde_json::from_str(first);
    object.is_ok_and(|object| object.contains_key("ChannelType"))
}
