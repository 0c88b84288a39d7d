//! Traces and spans: what each log line says about the work that it is part of.
//!
//! A [`Scope`] opens a span whose fields are on every line below it, and makes its trace the current
//! one. What is queued, scheduled, owed or handed to a provider meanwhile carries the current trace, so
//! that the work that follows logs it too. The trace is ambient because it is for logs only: passed
//! as an argument, it would be in the way of every function that decides something.

use std::sync::OnceLock;

use shared::ids::{CampaignId, ExportId, ImportId, InboundId, MessageId};
use shared::job::{Job, Subject};
use shared::receipt::MessageRef;
use shared::trace::TraceId;
use tracing::{Instrument, Span};

use crate::clock;

/// The target of spans. They are kept at every log level, as [`crate::telemetry`] says.
pub(crate) const TARGET: &str = "volley";

tokio::task_local! {
    static CURRENT: TraceId;
}

/// The trace of the work that is being done, if there is one.
#[must_use]
pub fn current() -> Option<TraceId> {
    CURRENT.try_with(|trace| *trace).ok()
}

/// A new trace, for work that did not bring one.
#[must_use]
pub fn new() -> TraceId {
    TraceId::new(clock::trace())
}

/// The trace of an HTTP request: the client's, if it sent a `traceparent`, or the one that AWS gave
/// the request, or a new one.
pub fn of_request<'a>(header: impl Fn(&'static str) -> Option<&'a str>) -> TraceId {
    let client = header("traceparent").and_then(TraceId::from_traceparent);
    let aws = || header("x-amzn-trace-id").and_then(TraceId::from_xray);
    client.or_else(aws).unwrap_or_else(new)
}

/// A piece of work, as its log lines name it. None of this may be a phone, a text or a secret.
#[derive(Clone, Debug)]
pub struct Scope<'a> {
    /// The invocation of Lambda that does the work.
    pub request_id: &'a str,
    pub trace: TraceId,
    /// What is done: the type of a job, the route of a request, or what was on a queue.
    pub job: &'a str,
    pub campaign_id: Option<CampaignId>,
    pub import_id: Option<ImportId>,
    pub export_id: Option<ExportId>,
    pub inbound_id: Option<InboundId>,
    pub message_id: Option<MessageId>,
    /// Made by the first of its runs, because writing the fields takes as long as reading a receipt.
    span: OnceLock<Span>,
}

impl<'a> Scope<'a> {
    /// Work that is about nothing in particular yet. Without a trace it begins one.
    #[must_use]
    pub fn new(request_id: &'a str, job: &'a str, trace: Option<TraceId>) -> Self {
        let trace = trace.unwrap_or_else(new);
        Self {
            request_id,
            trace,
            job,
            campaign_id: None,
            import_id: None,
            export_id: None,
            inbound_id: None,
            message_id: None,
            span: OnceLock::new(),
        }
    }

    #[must_use]
    pub fn of_job(request_id: &'a str, job: &Job, trace: Option<TraceId>) -> Self {
        let Subject { kind, campaign_id, import_id, export_id, inbound_id, message_id } =
            job.subject();
        let scope = Self::new(request_id, kind, trace);
        Self { campaign_id, import_id, export_id, inbound_id, message_id, ..scope }
    }

    /// The same work, which is about a message.
    #[must_use]
    pub fn about(self, message: &MessageRef) -> Self {
        let (campaign_id, inbound_id) = (message.campaign(), message.inbound());
        let span = OnceLock::new();
        Self { campaign_id, inbound_id, message_id: Some(message.message_id), span, ..self }
    }

    /// Does the work in its span, as part of its trace.
    pub fn run<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        CURRENT.scope(self.trace, work.instrument(self.span().clone()))
    }

    /// Logs something about the work beside [`Self::run`].
    pub fn log(&self, log: impl FnOnce()) {
        self.span().in_scope(log);
    }

    fn span(&self) -> &Span {
        self.span.get_or_init(|| {
            tracing::info_span!(
                target: TARGET,
                "work",
                requestId = self.request_id,
                trace.id = %self.trace,
                job = self.job,
                campaign.id = self.campaign_id.map(display),
                import.id = self.import_id.map(display),
                export.id = self.export_id.map(display),
                inbound.id = self.inbound_id.map(display),
                message.id = self.message_id.map(display),
            )
        })
    }
}

#[cfg(test)]
mod tests;
