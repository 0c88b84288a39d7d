//! How our client interprets each response of AWS End User Messaging, as received over the wire.
//!
//! The errors' names and reasons are from the service's published model. The simulator's tests
//! check that against the model.

use std::time::Duration;

use aws_config::{BehaviorVersion, Region};
use aws_credential_types::Credentials;
use infra::gateway::aws::EndUserMessaging;
use infra::gateway::{Gateway, Halt, Handover, Outgoing, Refusal};
use infra::usage::Usage;
use shared::message::FailureReason;
use shared::phone::Phone;
use shared::sender::aws::AwsSender;
use shared::sender::{Provider, Sender};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How a server handles a request.
#[derive(Clone, Debug)]
enum Reply {
    Answer { status: u16, body: String },
    HalfAnAnswer,
    Nothing,
    Silence,
}

async fn answer(mut stream: TcpStream, reply: Reply) {
    let mut request = vec![0; 64 * 1024];
    let _ = stream.read(&mut request).await;
    let head = |status, length| {
        format!(
            "HTTP/1.1 {status} X\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: {length}\r\n\r\n"
        )
    };
    let _ = match reply {
        Reply::Answer { status, body } => {
            stream.write_all(format!("{}{body}", head(status, body.len())).as_bytes()).await
        }
        Reply::HalfAnAnswer => stream.write_all(format!("{}{{", head(200, 100)).as_bytes()).await,
        Reply::Nothing => Ok(()),
        Reply::Silence => {
            tokio::time::sleep(Duration::from_secs(30)).await;
            Ok(())
        }
    };
}

/// The result of sending a message if a server replies this way, or if there is no server.
async fn handed_over(reply: Option<Reply>) -> Handover {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    match reply {
        Some(reply) => {
            tokio::spawn(async move {
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(answer(stream, reply.clone()));
                }
            });
        }
        None => drop(listener),
    }
    let config = aws_config::defaults(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(format!("http://{address}"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .http_client(infra::aws::http_client())
        .load()
        .await;
    let timeout = Duration::from_secs(5);
    let gateway = EndUserMessaging::new(&config, None, timeout, Usage::default());
    let phone = |text| Phone::from_e164(text).expect("a phone");
    let provider = Provider::Aws(AwsSender::default());
    let (from, to) = (Sender::new(phone("+12065550152"), provider), phone("+14255550156"));
    let outgoing = Outgoing { message: None, from: &from, to: &to, body: "Hello" };
    gateway.hand_over(&outgoing).await
}

fn error(kind: &str, rest: &str) -> Reply {
    let body =
        format!(r#"{{"__type":"com.amazonaws.pinpointsmsvoicev2#{kind}","Message":"no"{rest}}}"#);
    Reply::Answer { status: if kind == "InternalServerException" { 500 } else { 400 }, body }
}

fn ok(body: &str) -> Reply {
    Reply::Answer { status: 200, body: body.to_owned() }
}

fn refused(reason: FailureReason, code: &str) -> Handover {
    Handover::Refused(Refusal { reason, code: Some(code.to_owned()) })
}

#[tokio::test]
async fn each_answer_has_its_meaning() {
    use FailureReason as Reason;
    let throttled = Handover::Throttled { retry_after: None };
    let reason = |reason: &str| format!(r#","Reason":"{reason}""#);
    let conflict = |word: &str| error("ConflictException", &reason(word));
    let invalid = |field: &str| {
        let rest = format!(
            r#","Reason":"INVALID_PARAMETER","Fields":[{{"Name":"{field}","Message":"no"}}]"#
        );
        error("ValidationException", &rest)
    };
    let quota = |word: &str| error("ServiceQuotaExceededException", &reason(word));
    let opted_out = "DESTINATION_PHONE_NUMBER_OPTED_OUT";
    let blocked = "DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION";
    let unverified = "DESTINATION_PHONE_NUMBER_NOT_VERIFIED";
    let daily = "DAILY_DESTINATION_CALL_LIMIT";
    let page = Reply::Answer { status: 502, body: "<html>".to_owned() };
    for (reply, expected) in [
        (ok(r#"{"MessageId":"m1"}"#), Handover::Accepted("m1".to_owned())),
        (error("ThrottlingException", ""), throttled.clone()),
        (conflict(opted_out), refused(Reason::Unsubscribed, opted_out)),
        (conflict(blocked), refused(Reason::Filtered, blocked)),
        (conflict("MESSAGE_TYPE_MISMATCH"), Handover::Halted(Halt::Sender)),
        (conflict(unverified), refused(Reason::ProviderError, unverified)),
        (invalid("DestinationPhoneNumber"), refused(Reason::InvalidNumber, "INVALID_PARAMETER")),
        (invalid("MessageBody"), refused(Reason::ProviderError, "INVALID_PARAMETER")),
        (quota("MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT"), Handover::Halted(Halt::SpendLimit)),
        (quota("MONTHLY_SPEND_LIMIT_REACHED_FOR_RCS"), Handover::Halted(Halt::SpendLimit)),
        (invalid("OriginationIdentity"), Handover::Halted(Halt::Sender)),
        (invalid("TimeToLive"), Handover::Halted(Halt::Sender)),
        (
            error("ValidationException", &reason("CHANNEL_NOT_ENABLED")),
            Handover::Halted(Halt::Sender),
        ),
        (error("ThrottledException", ""), throttled.clone()),
        (quota(daily), refused(Reason::ProviderError, daily)),
        (
            error("AccessDeniedException", &reason("ACCOUNT_DISABLED")),
            Handover::Halted(Halt::Account),
        ),
        (error("AccessDeniedException", ""), Handover::Halted(Halt::Account)),
        (error("UnrecognizedClientException", ""), Handover::Halted(Halt::Account)),
        (error("ResourceNotFoundException", ""), Handover::Halted(Halt::Sender)),
        (error("UnheardOfException", ""), refused(Reason::ProviderError, "UnheardOfException")),
        (error("InternalServerException", ""), Handover::Ambiguous),
        (page, Handover::Ambiguous),
        (ok("<html>"), Handover::Ambiguous),
        (ok("{}"), Handover::Ambiguous),
        (ok(""), Handover::Ambiguous),
        (Reply::HalfAnAnswer, Handover::Ambiguous),
        (Reply::Nothing, Handover::Ambiguous),
        (Reply::Silence, Handover::Ambiguous),
    ] {
        assert_eq!(handed_over(Some(reply.clone())).await, expected, "{reply:?}");
    }
    assert_eq!(handed_over(None).await, Handover::Unreachable, "nobody listens");
}
