use super::resolver::allowed;
use super::*;

fn parse(url: &str) -> Result<(), InvalidTarget> {
    Target::parse(url, false).map(|_| ())
}

#[test]
fn an_endpoint_is_a_public_url() {
    use InvalidTarget::{Form, NotPublic};
    for (url, expected) in [
        ("https://hooks.example.com/volley?team=1", Ok(())),
        ("https://hooks.example.com:443/", Ok(())),
        ("https://8.8.8.8/", Ok(())),
        ("https://[2606:4700:4700::1111]/", Ok(())),
        ("http://hooks.example.com/", Err(Form)),
        ("https://hooks.example.com:8443/", Err(Form)),
        ("https://user@hooks.example.com/", Err(Form)),
        ("https://user:word@hooks.example.com/", Err(Form)),
        ("https://hooks.example.com/#a", Err(Form)),
        ("ftp://hooks.example.com/", Err(Form)),
        ("hooks.example.com", Err(Form)),
        ("", Err(Form)),
        ("https://127.0.0.1/", Err(NotPublic)),
        // The same address in other forms.
        ("https://127.1/", Err(NotPublic)),
        ("https://2130706433/", Err(NotPublic)),
        ("https://0x7f.0.0.1/", Err(NotPublic)),
        ("https://0177.0.0.1/", Err(NotPublic)),
        ("https://169.254.169.254/latest/meta-data", Err(NotPublic)),
        ("https://10.1.2.3/", Err(NotPublic)),
        ("https://100.64.0.1/", Err(NotPublic)),
        ("https://[::1]/", Err(NotPublic)),
        ("https://[::ffff:169.254.169.254]/", Err(NotPublic)),
        ("https://[::ffff:a9fe:a9fe]/", Err(NotPublic)),
        ("https://[64:ff9b::a9fe:a9fe]/", Err(NotPublic)),
        ("https://[2002:a9fe:a9fe::]/", Err(NotPublic)),
        ("https://[fd00:ec2::254]/", Err(NotPublic)),
        ("https://localhost/", Err(NotPublic)),
        ("https://localhost./", Err(NotPublic)),
        ("https://a.localhost/", Err(NotPublic)),
        ("https://metadata.google.internal/", Err(NotPublic)),
        ("https://printer/", Err(NotPublic)),
    ] {
        assert_eq!(parse(url), expected, "{url}");
    }
    let long = format!("https://example.com/{}", "a".repeat(1_000));
    assert_eq!(parse(&long), Err(InvalidTarget::TooLong));
}

#[test]
fn this_machine_can_be_called_only_if_the_build_allows_it() {
    assert!(Target::parse("http://127.0.0.1:8000/hook", true).is_ok());
    for url in ["http://127.0.0.1:8000/hook", "https://127.0.0.1/hook"] {
        assert!(Target::parse(url, false).is_err(), "{url}");
    }
    assert!(Target::parse("http://10.0.0.1/", true).is_err());
}

/// A name server may return anything, and something else each time.
#[test]
fn one_private_address_refuses_a_host() {
    let addresses = |texts: &[&str]| {
        texts.iter().map(|text| format!("{text}:443").parse().expect("valid")).collect::<Vec<_>>()
    };
    let public = addresses(&["8.8.8.8", "[2606:4700:4700::1111]"]);
    assert_eq!(allowed(public.clone(), false).expect("public"), public, "pinned to these");
    for private in [
        vec!["10.0.0.1"],
        vec!["8.8.8.8", "10.0.0.1"],
        vec!["169.254.169.254"],
        vec!["[::ffff:10.0.0.1]"],
        vec!["[64:ff9b::a00:1]"],
        vec!["127.0.0.1"],
        vec![],
    ] {
        assert!(allowed(addresses(&private), false).is_err(), "{private:?}");
    }
    assert!(allowed(addresses(&["127.0.0.1"]), true).is_ok());
    assert!(allowed(addresses(&["10.0.0.1"]), true).is_err());
}

#[test]
fn the_deployment_does_not_call_itself() {
    let own: OwnHosts = "https://sms.example.com https://abc.execute-api.us-east-1.amazonaws.com/x"
        .parse()
        .expect("URLs");
    for (url, expected) in [
        ("https://sms.example.com/v1", true),
        ("https://SMS.example.com./v1", true),
        ("https://abc.execute-api.us-east-1.amazonaws.com/", true),
        ("https://other.example.com/", false),
    ] {
        assert_eq!(own.contains(&Target::parse(url, false).expect("valid")), expected, "{url}");
    }
}

/// The name of this machine resolves to a loopback address on any machine.
#[tokio::test]
async fn a_name_that_resolves_to_a_private_address_is_not_called() {
    let endpoints = Endpoints::new(OwnHosts::default()).expect("a client");
    let request = endpoints.http.post("https://localhost/").send().await;
    let expected =
        if IS_LOCAL_ALLOWED { Failure::ConnectionFailed } else { Failure::AddressNotAllowed };
    assert_eq!(failure(&request.expect_err("refused")), expected);
}
