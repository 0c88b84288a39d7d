//! The console, which one parameter turns off.

use super::section;

#[test]
fn the_console_may_only_log() {
    let grants = super::access::statements("ConsoleFilesRole");
    let [logs, _traces] = grants.as_slice() else { panic!("{grants:?}") };
    assert_eq!(logs["Action"], serde_json::json!(["logs:CreateLogStream", "logs:PutLogEvents"]));
}

#[test]
fn without_it_every_address_is_the_apis() {
    let resources = section("Resources");
    let parts = resources.iter().filter(|(name, resource)| {
        let is_route = resource["Properties"]["RouteKey"].as_str().is_some_and(|key| {
            key.ends_with(" /")
                || key.split(' ').nth(1).is_some_and(|path| path.starts_with("/console"))
        });
        name.starts_with("Console") || is_route
    });
    let mut count = 0;
    for (name, resource) in parts {
        assert_eq!(resource["Condition"], "HasConsole", "{name}");
        count += 1;
    }
    assert!(count >= 8, "the console has a function, a role, logs, routes and a permission");
}

/// API Gateway refuses such a route, and sends a request that ends with a slash to the one without.
#[test]
fn no_route_ends_with_a_slash() {
    for (name, properties) in super::resources("AWS::ApiGatewayV2::Route") {
        let key = properties["RouteKey"].as_str().expect("a route key");
        assert!(!key.ends_with('/') || key.ends_with(" /"), "{name}: {key}");
    }
}
