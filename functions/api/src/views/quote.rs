use infra::table::QuoteRun;
use serde::Serialize;
use shared::body::Body;
use shared::organization::Organization;
use shared::parts::{Encoding, first_beyond_gsm};
use shared::quote::Quote;
use shared::shard::Shards;
use shared::time::Timestamp;
use utoipa::ToSchema;

use super::{Time, labels};

/// The size and price of a campaign if it were sent now.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Quote)]
pub(crate) struct QuoteView {
    recipients: u64,
    /// The encoding of the body as it was written.
    #[schema(value_type = labels::Encoding)]
    encoding: Encoding,
    /// The first character that is not in the GSM-7 alphabet; null if the body is sent in GSM-7, which
    /// fits more characters into a part.
    #[schema(required = true)]
    first_character_beyond_gsm7: Option<CharacterView>,
    /// The number of parts of each text. With merge fields, that of the text with the most parts.
    parts_each: u32,
    total_parts: u64,
    /// Null if the organization has no prices.
    #[schema(required = true)]
    price: Option<PriceView>,
    /// When the last part would be sent at the sender's rate.
    estimated_finish_at: Time,
    /// When the audience was read. A quote is cached for up to 15 minutes.
    quoted_at: Time,
    /// Imports that still change the audience.
    warnings: Vec<String>,
}

/// How far a quote is that takes longer than a request.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = QuoteProgress)]
pub(crate) struct QuoteProgressView {
    /// The share of the audience that was read, from 0 to 1.
    #[schema(example = 0.25)]
    progress: f64,
    /// The number of recipients in what was read.
    recipients_so_far: u64,
    begun_at: Time,
}

impl QuoteProgressView {
    pub(crate) fn new(run: &QuoteRun, shards: Shards) -> Self {
        Self {
            progress: f64::from(run.shards_read) / f64::from(shards.count()),
            recipients_so_far: run.quote.totals.recipients,
            begun_at: run.begun_at.into(),
        }
    }
}

#[derive(Clone, Serialize, ToSchema)]
#[schema(as = Character)]
pub(crate) struct CharacterView {
    pub(super) character: char,
    /// The position in the body, in characters from 0.
    pub(super) position: usize,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Price)]
pub(crate) struct PriceView {
    #[schema(example = "12.64")]
    amount: String,
    currency: String,
    /// The number of recipients in countries without a price. They are not part of the amount.
    unpriced_recipients: u64,
}

impl QuoteView {
    pub(crate) fn new(
        quote: &Quote,
        body: &Body,
        organization: &Organization,
        start: Timestamp,
        quoted_at: Timestamp,
        warnings: Vec<String>,
    ) -> Self {
        let seconds = quote.seconds(organization.sender.parts_per_second);
        Self {
            recipients: quote.totals.recipients,
            encoding: quote.parts.encoding,
            first_character_beyond_gsm7: first_beyond_gsm(body.as_str())
                .map(|(position, character)| CharacterView { character, position }),
            parts_each: quote.parts.count,
            total_parts: quote.total_parts(),
            price: organization.prices.as_ref().map(|prices| PriceView {
                amount: quote.bill.price.to_string(),
                currency: prices.currency().to_owned(),
                unpriced_recipients: quote.bill.unpriced,
            }),
            estimated_finish_at: start.plus_seconds(seconds.into()).into(),
            quoted_at: quoted_at.into(),
            warnings,
        }
    }
}
