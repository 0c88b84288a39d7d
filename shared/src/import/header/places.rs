//! Which columns have which fields, by what the client named and by their names.

use super::super::columns::{Columns, place_of};
use super::super::names::{Field, Fit, Fits, JudgedNames};
use super::super::own;
use super::super::pinpoint::Endpoint;
use super::{InvalidHeader, listed};

/// Finds the columns of fields.
pub(super) struct Places<'n> {
    names: &'n [String],
    fits: Vec<Fits>,
    columns: &'n Columns,
    is_own: bool,
    /// The columns that the client named, with their fields.
    claimed: Vec<(Field, usize)>,
}

impl<'n> Places<'n> {
    /// Finds the columns that the client named.
    pub(super) fn find(
        names: &'n [String],
        columns: &'n Columns,
        is_own: bool,
        judged: &mut JudgedNames,
    ) -> Result<Self, InvalidHeader> {
        let fits = names.iter().map(|name| judged.fits(name)).collect();
        let mut places = Self { names, fits, columns, is_own, claimed: Vec::new() };
        places.claim_named()?;
        Ok(places)
    }

    fn claim_named(&mut self) -> Result<(), InvalidHeader> {
        let fields = [
            Field::Id,
            Field::Phone,
            Field::FirstName,
            Field::LastName,
            Field::Email,
            Field::OptOut,
            Field::ExternalId,
            Field::Status,
            Field::Tags,
            Field::TimeZone,
            Field::Language,
        ];
        for field in fields {
            let wanted = self.columns.named(field).filter(|wanted| !wanted.trim().is_empty());
            let Some(wanted) = wanted else {
                continue;
            };
            let place = place_of(self.names, wanted).ok_or_else(|| {
                InvalidHeader::NoColumn(wanted.to_owned(), listed(self.names.iter()))
            })?;
            self.claimed.push((field, place));
        }
        Ok(())
    }

    /// All columns of a field, best fit first.
    pub(super) fn all(&self, field: Field) -> Vec<(Fit, usize)> {
        if self.columns.named(field).is_some() {
            let named = self.claimed.iter().filter(|(claimed, _)| *claimed == field);
            return named.map(|(_, place)| (Fit::Best, *place)).collect();
        }
        let own = own::column(field).filter(|_| self.is_own);
        let own = own.and_then(|own| place_of(self.names, own)).map(|place| (Fit::Best, place));
        if own.is_some() && field != Field::Phone {
            return own.into_iter().collect();
        }
        let is_exported = |place: usize| self.is_own && own::is_exported(&self.names[place]);
        let is_claimed = |place: usize| self.claimed.iter().any(|(_, claimed)| *claimed == place);
        let is_free = |place: &usize| !is_claimed(*place) && !is_exported(*place);
        let fit = |place: usize| Some((self.fits[place].field(field)?, place));
        let mut found: Vec<_> = (0..self.names.len()).filter(is_free).filter_map(fit).collect();
        found.sort_unstable();
        own.into_iter().chain(found).collect()
    }

    /// The columns of consent, unless the client has named the column that decides.
    pub(super) fn consents(&self) -> Vec<usize> {
        let is_named = self.columns.opt_out.is_some();
        let found = if is_named { Vec::new() } else { self.all(Field::OptIn) };
        found.into_iter().map(|(_, place)| place).collect()
    }

    pub(super) fn first(&self, field: Field) -> Option<usize> {
        self.all(field).first().map(|(_, place)| *place)
    }

    /// The columns of phones, in an export first its own. Merely likely names count only if there is
    /// no better one.
    pub(super) fn phones(&self) -> Vec<(Fit, usize)> {
        let mut found = self.all(Field::Phone);
        if Endpoint::of(self.names).is_some()
            && let Some(address) = found.iter().find(|(fit, _)| *fit == Fit::Last)
        {
            return vec![(Fit::Known, address.1)];
        }
        let best = found.first().map(|(fit, _)| *fit);
        found.retain(|(fit, _)| *fit <= Fit::Known || Some(*fit) == best);
        found
    }
}
