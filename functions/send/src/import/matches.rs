//! What rows do to the contacts that they find, row after row.

use shared::contact::Contact;
use shared::import::{MatchBy, OnMatch, Options};

use super::scene::Scene;

/// Imports a file, and returns the counts with all contacts in the order of their external IDs.
async fn import(options: Options, csv: &str) -> ([u64; 4], Vec<Contact>) {
    let scene = Scene::set(&options, csv.as_bytes()).await;
    scene.run(None).await;
    let progress = scene.outcome().await.progress;
    let counts = [progress.created, progress.updated, progress.rejected, progress.skipped.total()];
    (counts, scene.contacts().await)
}

fn by(match_by: MatchBy) -> Options {
    Options { match_by: Some(match_by), ..Options::default() }
}

#[tokio::test]
async fn rows_find_their_contact_by_external_id() {
    let csv = "phone,external id,first name,tags\n\
               +14153550101,b-1,Ana,vip\n\
               +14153550102,b-2,Bob,\n\
               +14153550109,b-1,Ann,spring\n\
               +14153550103,,Eve,\n";
    let options = Options { tags: ["2026".to_owned()].into(), ..by(MatchBy::ExternalId) };
    let (counts, contacts) = import(options, csv).await;
    assert_eq!(counts, [2, 1, 1, 0]);
    let [ann, bob] = &contacts[..] else { panic!("{contacts:?}") };
    assert_eq!(ann.profile.first_name.as_deref(), Some("Ann"));
    assert_eq!(ann.profile.phone.as_ref().map(ToString::to_string), Some("+14153550109".into()));
    assert_eq!(ann.profile.tags.iter().collect::<Vec<_>>(), ["2026", "spring", "vip"]);
    assert_eq!(bob.profile.tags.iter().collect::<Vec<_>>(), ["2026"]);
}

/// The second row may not take the external ID of the first one, though both are in one batch.
#[tokio::test]
async fn an_external_id_is_given_once() {
    let csv = "phone,external id\n+14153550101,b-1\n+14153550102,b-1\n+14153550103,b-3\n";
    for match_by in [MatchBy::None, MatchBy::Id, MatchBy::Phone] {
        let (counts, contacts) = import(by(match_by), csv).await;
        assert_eq!(counts, [2, 0, 1, 0], "{match_by:?}");
        let ids = contacts.iter().map(|contact| contact.profile.external_id.as_deref());
        assert_eq!(ids.collect::<Vec<_>>(), [Some("b-1"), Some("b-3")]);
    }
}

/// An inactive endpoint is a contact only if no other one has its phone, whichever row comes first.
#[tokio::test]
async fn an_active_endpoint_wins() {
    let line = |phone: &str, status: &str| {
        format!(
            r#"{{"ChannelType":"SMS","Address":"{phone}","EndpointStatus":"{status}","Id":"x","Demographic":{{"Timezone":"America/Los_Angeles"}},"Attributes":{{"Interests":["bread","cake"],"Plan":["gold"]}},"User":{{"UserId":"u"}}}}"#
        )
    };
    let (one, other, third) = ("+14153550101", "+14153550102", "+14153550103");
    let lines = [
        line(one, "ACTIVE"),
        line(one, "INACTIVE"),
        line(other, "INACTIVE"),
        line(other, "ACTIVE"),
        line(third, "INACTIVE"),
    ];
    let (counts, mut contacts) = import(Options::default(), &lines.join("\n")).await;
    assert_eq!(counts, [3, 1, 0, 1]);
    contacts.sort_by_key(|contact| contact.profile.phone.clone());
    let are_active: Vec<bool> =
        contacts.iter().map(|contact| contact.profile.status.is_active()).collect();
    assert_eq!(are_active, [true, true, false]);
    let profile = &contacts[0].profile;
    assert_eq!(profile.time_zone.map(shared::zone::Zone::name), Some("America/Los_Angeles"));
    assert_eq!(profile.attributes["Attributes.Interests"].elements(), ["bread", "cake"]);
    assert_eq!(profile.attributes["Attributes.Plan"], "gold".into());
    assert_eq!(profile.attributes["User.UserId"], "u".into());
}

/// A row names its contacts even if it leaves them as they are.
#[tokio::test]
async fn an_undo_leaves_contacts_that_a_later_import_skipped() {
    let twins = "phone,first name\n+14153550101,Ana\n+14153550101,Ann\n+14153550102,Bob\n";
    let scene = Scene::set(&by(MatchBy::None), twins.as_bytes()).await;
    scene.run(None).await;
    let first = scene.id;
    let skip = Options { on_match: OnMatch::Skip, ..by(MatchBy::Phone) };
    let scene = scene.next(&skip, b"phone\n+14153550101\n+14153550101\n").await;
    scene.run(None).await;
    let progress = scene.outcome().await.progress;
    assert_eq!((progress.created, progress.skipped.matched), (0, 2));
    let scene = Scene { id: first, ..scene };
    scene.undo(None).await;
    let undo = scene.outcome().await.undo.expect("an undo");
    assert_eq!((undo.removed, undo.named), (1, 2), "both of the phone's contacts stay");
    assert_eq!(scene.contacts().await.len(), 2);
}

/// A large file asks only for the contacts of phones that contacts have, in whichever form and also since
/// an earlier row.
#[tokio::test]
async fn a_phone_that_no_contact_has_takes_no_query() {
    let scene = Scene::set(&by(MatchBy::Phone), b"phone,first name\n+5215512345678,Ana\n").await;
    scene.run(None).await;
    let name = "n".repeat(100);
    let mut phones: Vec<String> = (0..700).map(|number| format!("+1415355{number:04}")).collect();
    phones.extend(["+525512345678".to_owned(), phones[0].clone()]);
    let rows = |name: &str| phones.join(&format!(",{name}\n")) + "," + name;
    let first = format!("phone,first name\n{}", rows(&name));
    let scene = scene.next(&by(MatchBy::Phone), first.as_bytes()).await;
    let requests = scene.run(None).await;
    let progress = scene.outcome().await.progress;
    assert_eq!((progress.created, progress.updated, progress.unchanged), (700, 1, 1));
    assert!(requests < 100, "{requests}");
    let again = format!("phone,first name\n{}", rows(&name.to_uppercase()));
    let scene = scene.next(&by(MatchBy::Phone), again.as_bytes()).await;
    scene.run(None).await;
    let progress = scene.outcome().await.progress;
    assert_eq!((progress.created, progress.updated, progress.unchanged), (0, 701, 1));
    assert_eq!(scene.contacts().await.len(), 701);
}

/// A save that fails because another contact has the external ID is repeated with a look at who has it.
#[tokio::test]
async fn an_external_id_of_another_contact_rejects_only_its_row() {
    for match_by in [MatchBy::None, MatchBy::Phone] {
        let scene = Scene::set(&by(match_by), b"phone,external id\n+14153550101,b-1\n").await;
        scene.run(None).await;
        let rows = b"phone,external id\n+14153550102,b-2\n+14153550103,b-1\n+14153550104,b-4\n";
        let scene = scene.next(&by(match_by), rows).await;
        scene.run(None).await;
        let outcome = scene.outcome().await;
        assert_eq!((outcome.progress.created, outcome.progress.rejected), (2, 1), "{match_by:?}");
        assert!(outcome.rejected.contains("external_id_taken"), "{}", outcome.rejected);
    }
}
