//! Status callbacks: durable on the receipts queue before they are answered.

use infra::clock;
use infra::gateway::twilio::{failure_reason, receipt_status};
use infra::gateway::{Label, callback};
use shared::message::Status;
use shared::phone::Phone;
use shared::receipt::{Delivery, Receipt};

use crate::App;
use crate::http::{Form, Response};

pub(crate) async fn take(app: &App, form: &Form) -> anyhow::Result<Response> {
    let fields =
        (callback::message(&form.query), form.get("MessageSid"), form.get("MessageStatus"));
    let (Some(message), Some(sid), Some(status)) = fields else {
        return Ok(Response::status(400));
    };
    let Some(Ok(to)) = form.get("To").map(Phone::from_e164) else {
        return Ok(Response::status(400));
    };
    let label = status;
    let status = match receipt_status(label) {
        Label::Means(status) => status,
        Label::Ignored => return Ok(Response::status(204)),
        Label::Unheard => {
            // Twilio adds statuses without notice. One that Volley does not know is not an error.
            tracing::warn!(status = %label, "ignored a callback with a status that is new");
            return Ok(Response::status(204));
        }
    };
    let code: Option<u32> = form.get("ErrorCode").and_then(|code| code.parse().ok());
    let code = code.filter(|_| status == Status::Failed);
    let receipt = Receipt {
        provider_id: sid.to_owned(),
        status,
        reason: (status == Status::Failed).then(|| failure_reason(label, code)),
        code: code.map(|code| code.to_string()),
        at: clock::now(),
    };
    app.receipts.send(&Delivery { message, to, receipt }).await?;
    Ok(Response::status(204))
}
