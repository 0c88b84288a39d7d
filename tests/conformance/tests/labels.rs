//! Every event type of AWS and every message status of Twilio has a meaning or is ignored on
//! purpose.

use conformance::{Runner, ask};
use infra::gateway::Label;
use infra::gateway::aws::event_label;
use infra::gateway::twilio::receipt_status;

#[test]
fn every_event_type_of_aws_is_known() {
    let event_types: Vec<String> = ask(Runner::Botocore, "labels.py", &"aws");
    assert!(event_types.iter().any(|event_type| event_type == "RCS_READ"), "{event_types:?}");
    for event_type in &event_types {
        for is_final in [false, true] {
            let label = event_label(event_type, is_final);
            let is_receipt = matches!(label, Label::Means(_));
            let is_ignored = event_type.starts_with("VOICE_") || event_type.ends_with("ALL");
            assert_ne!(label, Label::Unheard, "{event_type} has no meaning");
            assert_eq!(is_receipt, !is_ignored, "{event_type}");
        }
    }
}

#[test]
fn every_message_status_of_twilio_is_known() {
    let statuses: Vec<String> = ask(Runner::Python, "labels.py", &"twilio");
    assert!(statuses.iter().any(|status| status == "partially_delivered"), "{statuses:?}");
    for status in &statuses {
        let label = receipt_status(status);
        let is_inbound = ["receiving", "received"].contains(&status.as_str());
        assert_ne!(label, Label::Unheard, "{status} has no meaning");
        assert_eq!(label == Label::Ignored, is_inbound, "{status}");
    }
}
