use serde::Serialize;
use shared::body::Body;
use shared::organization::Organization;
use shared::parts::{Encoding, first_beyond_gsm};
use shared::quote::Quote;
use shared::time::Timestamp;
use utoipa::ToSchema;

use super::{Time, words};

/// What a campaign would come to if it were sent now.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Quote)]
pub(crate) struct QuoteView {
    recipients: u64,
    #[schema(value_type = words::Encoding)]
    encoding: Encoding,
    /// Why the body is not sent in GSM-7, which has room for more: its first character that is
    /// not of that alphabet.
    #[schema(required = true)]
    first_character_beyond_gsm7: Option<CharacterView>,
    parts_each: u32,
    total_parts: u64,
    /// Null if the organisation has no prices.
    #[schema(required = true)]
    price: Option<PriceView>,
    /// When the last part would leave at the sender's rate.
    estimated_finish_at: Time,
    /// When the audience was read. A quote is kept for a minute.
    quoted_at: Time,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Character)]
pub(crate) struct CharacterView {
    character: char,
    /// Its place among the body's characters, from 0.
    position: usize,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Price)]
pub(crate) struct PriceView {
    #[schema(example = "12.64")]
    amount: String,
    currency: String,
    /// Recipients in countries without a price, which the amount leaves out.
    unpriced_recipients: u64,
}

impl QuoteView {
    pub(crate) fn new(
        quote: &Quote,
        body: &Body,
        organization: &Organization,
        start: Timestamp,
        quoted_at: Timestamp,
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
        }
    }
}
