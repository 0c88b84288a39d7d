//! The scenarios that are simulated.

use crate::account::Account;
use crate::campaign::Campaign;
use crate::cost::SHARDS;
use crate::demand::{CALLBACKS, Day, whole};
use crate::hash::MEDIAN;
use crate::queue::Order;
use crate::quotas::PARTITION_WRITES;
use crate::world::{Outcome, Settings, run};

pub const RECIPIENTS: [u32; 3] = [10_000, 100_000, 1_000_000];
pub const RATES: [u32; 5] = [1, 10, 100, 1_000, 25_000];
pub const TENANTS: [u32; 5] = [1, 10, 100, 1_000, 10_000];
pub const MESSAGES: [u32; 4] = [1_000_000, 10_000_000, 100_000_000, 1_000_000_000];
/// The limit for a busiest hour, in seconds. It is simulated until its last message is sent.
const MAX_HOUR_SECONDS: u32 = 4 * 3_600;

/// One tenant's only campaign.
#[must_use]
pub fn one(recipients: u32, rate: u32, shards: u32, account: Account) -> Outcome {
    let parts_per_second = f64::from(rate);
    let campaign = Campaign { key: MEDIAN, starts: 0, recipients, parts_per_second, shards };
    let order = Order::Fair;
    run(&[campaign], Settings { account, order, callbacks: CALLBACKS, seconds_most: u32::MAX })
}

/// What to do about a day that exceeds the template's defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    None,
    /// Tuned settings, and a warm table.
    Tuned,
    /// Tenants are divided among several accounts, and organizations have more shards. A tenant
    /// that is too large for one account becomes an organization in each.
    Cells {
        cells: u32,
        shards: u32,
    },
}

impl Remedy {
    #[must_use]
    pub fn account(self) -> Account {
        match self {
            Self::None => Account::as_deployed(),
            Self::Tuned => Account::tuned(),
            Self::Cells { .. } => Account::cell(),
        }
    }

    /// The smallest remedy that leaves half of every quota free.
    #[must_use]
    pub fn of(day: Day) -> Self {
        if day.tightest(&Account::as_deployed()).part <= 0.5 {
            return Self::None;
        }
        if day.tightest(&Account::tuned()).part <= 0.5 {
            return Self::Tuned;
        }
        let writes = day.writes(SHARDS);
        let table = writes / Account::cell().table_units;
        let cells = (1..64).find(|cells| table / f64::from(*cells) <= 0.5).unwrap_or(64);
        let organizations = day.at_once().max(f64::from(cells));
        let key = writes / organizations / PARTITION_WRITES;
        let most = [SHARDS, 64, 128, 256, 512];
        let shards = most.into_iter().find(|shards| key / f64::from(*shards) <= 0.1);
        Self::Cells { cells, shards: shards.unwrap_or(1_024) }
    }
}

/// The busiest hour of a day. Of several cells, the one with the most tenants is simulated.
#[must_use]
pub fn busiest_hour(day: Day, remedy: Remedy) -> Outcome {
    let (cells, shards) = match remedy {
        Remedy::None | Remedy::Tuned => (1, SHARDS),
        Remedy::Cells { cells, shards } => (cells, shards),
    };
    let tenants = day.tenants.max(cells);
    let day = Day { tenants, ..day };
    let here = tenants.div_ceil(cells);
    let rounds = day.rounds();
    let campaigns: Vec<Campaign> = (0..here)
        .map(|tenant| Campaign {
            key: MEDIAN + tenant,
            starts: tenant % rounds * 900 + tenant * 60 / here,
            recipients: whole(day.each()),
            parts_per_second: day.parts_per_second(),
            shards,
        })
        .collect();
    let (account, order, callbacks) = (remedy.account(), Order::Fair, CALLBACKS);
    run(&campaigns, Settings { account, order, callbacks, seconds_most: MAX_HOUR_SECONDS })
}

/// A hundred small tenants, and one that sends a million as fast as possible.
#[must_use]
pub fn flood(is_there: bool, order: Order, account: Account) -> Outcome {
    let mut campaigns: Vec<Campaign> = (0..100)
        .map(|tenant| Campaign {
            key: MEDIAN + 1 + tenant,
            starts: 60,
            recipients: 1_000,
            parts_per_second: 10.0,
            shards: SHARDS,
        })
        .collect();
    if is_there {
        campaigns.push(Campaign {
            key: MEDIAN,
            starts: 0,
            recipients: 1_000_000,
            parts_per_second: 25_000.0,
            shards: SHARDS,
        });
    }
    run(
        &campaigns,
        Settings { account, order, callbacks: CALLBACKS, seconds_most: MAX_HOUR_SECONDS },
    )
}
