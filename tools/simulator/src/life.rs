//! A message's life: how it is accepted, and what is reported about it until it ends.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;

use crate::aws::events;
use crate::chance::Chance;
use crate::fates::{Answer, Creation, DELIVERED, Fate};
use crate::line::Line;
use crate::message::{Order, Provider, Status};
use crate::messages::Index;
use crate::plan::{self, Plan, Step};
use crate::resource;
use crate::world::{World, now};

/// The longest that a create call waits for receipts that precede its response.
const MAX_EARLY_WAIT: Duration = Duration::from_secs(3);

/// The result of an order, independent of the provider's protocol.
pub(crate) enum Outcome {
    Accepted(Index),
    /// Refused, with one of Twilio's error codes.
    Refused(u32),
    /// The provider's own error. The message may have been accepted.
    Failed,
    /// A page that is not the provider's. The message may have been accepted.
    Page(StatusCode),
}

impl World {
    /// Handles an order according to its number's fate.
    pub(crate) async fn submit(self: &Arc<Self>, order: Order, line: &Line) -> Outcome {
        let outage = self.outage(order.from.as_deref());
        let fate = outage.or_else(|| self.fate(&order.to));
        let creation = fate.unwrap_or(DELIVERED).creation;
        if let Some(code) = self.refusal(&order.to, creation) {
            self.count_refusal();
            return Outcome::Refused(code);
        }
        let answer = match creation {
            Creation::Fail => return Outcome::Failed,
            Creation::BadGateway => return Outcome::Page(StatusCode::BAD_GATEWAY),
            Creation::Accept(answer) => answer,
            Creation::Refuse(_) | Creation::RefuseFirst(..) => Answer::Created,
        };
        let Ok(index) = self.accept(order, fate).await else {
            return Outcome::Failed;
        };
        match answer {
            Answer::Created => {}
            Answer::Slow => tokio::time::sleep(self.config.slow_answer).await,
            Answer::Lost => line.cut(),
            Answer::Error => return Outcome::Failed,
            Answer::Page => return Outcome::Page(StatusCode::OK),
        }
        Outcome::Accepted(index)
    }

    /// Accepts a message and starts its life. Early receipts have been sent when this returns.
    async fn accept(self: &Arc<Self>, order: Order, fate: Option<Fate>) -> anyhow::Result<Index> {
        let id = order.provider.id()?;
        let (index, plan) = {
            let mut store = self.store();
            let chance = Chance::new(self.config.seed, &order.to, store.count_to(&order.to));
            let ending = plan::ending(fate, &self.config, chance);
            let receipts = fate.unwrap_or(DELIVERED).receipts;
            let statuses = order.provider.statuses(ending);
            let mut plan = Plan::new(statuses, receipts, &self.config, chance);
            plan.is_reported &= order.provider.wants_receipts();
            (store.add(id, order, ending, now()), plan)
        };
        if plan.is_reported {
            self.callbacks.expect(plan.steps.len());
        }
        let is_early = plan.is_early;
        let life = tokio::spawn(Arc::clone(self).live(index, plan));
        if is_early {
            // After this time, the client is late rather than the receipts early.
            let _ = tokio::time::timeout(MAX_EARLY_WAIT, life).await;
        }
        Ok(index)
    }

    async fn live(self: Arc<Self>, index: Index, plan: Plan) {
        for Step { after, status } in plan.steps {
            tokio::time::sleep(after).await;
            self.store().advance(index, status, now());
            if plan.is_reported {
                self.callbacks.released().await;
                // Boxed to keep waiting tasks small: only a receipt that is being sent needs the
                // space.
                Box::pin(self.tell(index, status)).await;
            }
        }
    }

    async fn tell(&self, index: Index, status: Status) {
        let post = {
            let store = self.store();
            let message = store.get(index);
            match &message.order.provider {
                Provider::Twilio { callback } => callback.as_ref().map(|url| {
                    let account = &self.config.account_sid;
                    let parameters = resource::receipt(message, status, account, now());
                    self.callbacks.signed(url, &parameters)
                }),
                Provider::Aws(details) => {
                    self.aws.topics().event(&events::write(message, details, status, now()))
                }
            }
        };
        match post {
            Some(post) => self.callbacks.send(&post).await,
            None => self.callbacks.count(Some("there is no topic to publish events to".to_owned())),
        }
    }
}
