//! The model can fail: without one of the protocol's rules, it finds the broken promise.

use model::liveness::{FAN_OUT_STILL, NEVER_AT_REST, RECEIPT_LOST};
use model::provider::Mood;
use model::safety;
use model::scenario::Scenario;
use model::table::Rules;
use model::world::Kind::{Drain, Sweep};

use crate::{
    breaks, claims, control, fan_out, provider, receipts, repair, targets, trial, unsubscribes,
};

/// Checks only the promise that is expected to break.
fn breaks_only(rules: Rules, scenario: Scenario, promise: &'static str) {
    breaks(rules, scenario.only(promise), promise);
}

#[test]
fn claims_that_overwrite() {
    breaks_only(Rules::ClaimsOverwrite, claims::race(), safety::TEXTED_TWICE);
    breaks_only(Rules::ClaimsOverwrite, control::stop(), safety::TAKEN_FAILED);
}

#[test]
fn abandoned_claims_that_are_tried_again() {
    breaks_only(Rules::AbandonedRetried, claims::race().until(160), safety::TEXTED_TWICE);
    breaks_only(Rules::AbandonedRetried, claims::race(), safety::TAKEN_UNKNOWN);
}

#[test]
fn releases_without_a_condition() {
    let scenario = provider::throttles().faults(0, 1, 1).until(120);
    breaks_only(Rules::ReleasesAlways, scenario, safety::STATUS_DOWN);
}

#[test]
fn marks_that_are_not_asked() {
    breaks_only(Rules::MarksUnasked, claims::race(), safety::DONE_AND_OPEN);
}

#[test]
fn no_look_at_the_register_before_the_claims() {
    breaks_only(Rules::NoRecheck, unsubscribes::after_the_fan_out(), safety::OPTED_OUT);
}

#[test]
fn receipts_without_ranks() {
    breaks_only(Rules::ReceiptsUnranked, receipts::race(), safety::STATUS_DOWN);
}

#[test]
fn receipts_that_come_before_the_outcome() {
    breaks(Rules::EarlyReceiptsDropped, receipts::race(), RECEIPT_LOST);
}

#[test]
fn chunks_that_overwrite() {
    breaks_only(Rules::ChunksOverwrite, fan_out::long_chain(), safety::CHUNK_CHANGED);
    breaks_only(Rules::ChunksOverwrite, fan_out::long_chain(), safety::RECIPIENT_TWICE);
    breaks_only(Rules::ChunksOverwrite, fan_out::long_chain(), safety::TOTALS);
}

#[test]
fn chunks_that_overwrite_what_was_dispatched() {
    let scenario = unsubscribes::during_the_fan_out().faults(0, 0, 1);
    breaks_only(Rules::ChunksOverwrite, scenario.clone(), safety::STRANGER);
    let scenario = scenario.until(80).ticks(80).without(&[Drain, Sweep]);
    breaks_only(Rules::ChunksOverwrite, scenario, safety::COUNTS);
}

#[test]
fn states_that_overwrite() {
    let scenario = repair::drains().faults(0, 0, 1).until(120).ticks(120);
    breaks_only(Rules::StatesOverwrite, scenario, safety::DISPATCH_DONE);
}

#[test]
fn silence_that_is_taken_for_an_answer() {
    breaks_only(Rules::SilenceAccepted, provider::silence(), safety::MADE_UP);
}

#[test]
fn no_question_where_a_contact_was() {
    breaks_only(Rules::PresenceIgnored, fan_out::moves(), safety::CONTACTS);
    breaks_only(Rules::PresenceIgnored, fan_out::moves(), safety::LATECOMER);
}

#[test]
fn moves_and_sends_that_only_clocks_order() {
    breaks_only(Rules::MovesUnordered, fan_out::moves(), safety::CONTACTS);
    breaks_only(Rules::MovesUnordered, fan_out::moves(), safety::SKIPPED);
}

#[test]
fn campaigns_that_overwrite() {
    breaks_only(Rules::CampaignsOverwrite, control::cancel(), safety::UNCANCELLED);
    breaks_only(Rules::CampaignsOverwrite, control::pause_and_stop(), safety::OVER_AGAIN);
    breaks_only(Rules::CampaignsOverwrite, control::pause_in_fan_out(), safety::EPOCH_BACK);
}

#[test]
fn steps_that_are_not_owed() {
    breaks(Rules::DueForgotten, fan_out::one_run(), FAN_OUT_STILL);
}

#[test]
fn ambiguous_answers_that_end_nothing() {
    breaks_only(Rules::SilenceIgnored, provider::dead(), safety::SPENT);
}

#[test]
fn an_outage_that_fails_messages() {
    breaks_only(Rules::OutageFails, provider::outage(), safety::OUTAGE_FAILED);
}

#[test]
fn waiting_that_counts_as_progress() {
    breaks(Rules::WaitingIsProgress, provider::for_good(Mood::Throttles), NEVER_AT_REST);
}

#[test]
fn a_target_that_follows_its_segment() {
    breaks_only(Rules::TargetUnfrozen, targets::segment_changes(), safety::UNWANTED);
    breaks_only(Rules::TargetUnfrozen, targets::segment_changes(), safety::SKIPPED);
}

#[test]
fn a_text_that_follows_its_contact() {
    let scenario = targets::between_cut_and_dispatch(targets::edit(1, 1));
    breaks_only(Rules::TextUnfrozen, scenario, safety::OTHER_TEXT);
}

#[test]
fn marks_that_count_for_any_chunk() {
    breaks_only(Rules::MarksUnnumbered, targets::marks(), safety::RECIPIENT_TWICE);
}

#[test]
fn no_trial() {
    breaks_only(Rules::TrialSkipped, trial::two_chunks(), safety::TRIAL);
}

#[test]
fn a_trial_that_no_drain_ends() {
    breaks(Rules::TrialUnrepaired, trial::two_chunks(), NEVER_AT_REST);
}
