//! Properties of any filter and any contact.

use proptest::prelude::*;

use super::*;

fn any_field() -> impl Strategy<Value = Value> {
    let names: Vec<Value> = field::Field::names().map(Value::from).collect();
    prop_oneof![
        prop::sample::select(names),
        prop::sample::select(vec!["City", "Points", "Stores", "Renewal", "x"])
            .prop_map(|name| json!({"attribute": name})),
    ]
}

fn any_value() -> impl Strategy<Value = Value> {
    let texts = vec!["Ana", "vip", "US", "5", "0950", "2026-11-01", "30d", "active", "South"];
    let one = prop_oneof![
        prop::sample::select(texts).prop_map(Value::from),
        (-2_000_i64..2_000).prop_map(Value::from),
    ];
    prop_oneof![one.clone(), prop::collection::vec(one, 1..4).prop_map(Value::from)]
}

fn any_leaf() -> impl Strategy<Value = Value> {
    let ops: Vec<&str> = <Op as strum::VariantNames>::VARIANTS.to_vec();
    (any_field(), prop::sample::select(ops), prop::option::of(any_value())).prop_map(
        |(field, op, value)| match value {
            Some(value) => json!({"field": field, "op": op, "value": value}),
            None => json!({"field": field, "op": op}),
        },
    )
}

fn any_filter() -> impl Strategy<Value = Expanded> {
    let leaf = any_leaf().prop_filter("a leaf", |leaf| Filter::parse(leaf).is_ok());
    let tree = leaf.prop_recursive(3, 12, 4, |inside| {
        (prop::sample::select(vec!["all", "any", "none"]), prop::collection::vec(inside, 1..4))
            .prop_map(|(name, nodes)| json!({name: nodes}))
    });
    tree.prop_map(|filter| expanded(&filter))
}

fn any_contact() -> impl Strategy<Value = Contact> {
    let text = prop::option::of(prop::sample::select(vec!["Ana", "5", "2026-11-01", "South"]));
    let tags = prop::collection::btree_set(prop::sample::select(vec!["vip", "5", "US"]), 0..3);
    let attribute = prop_oneof![
        prop::sample::select(vec!["Austin", "0950", "2026-12-01"]).prop_map(Attribute::from),
        Just(Attribute::List(vec!["North".to_owned(), "South".to_owned()])),
    ];
    let names = prop::sample::select(vec!["City", "Points", "Stores", "Renewal"]);
    let attributes = prop::collection::btree_map(names, attribute, 0..3);
    (text, tags, attributes, any::<bool>(), 0_i64..2_000_000_000).prop_map(
        |(text, tags, attributes, is_full, seconds)| {
            let profile = Profile {
                phone: is_full.then(|| Phone::from_e164("+14155550123").expect("valid")),
                first_name: text.map(str::to_owned),
                last_name: text.filter(|_| is_full).map(str::to_owned),
                status: if is_full { Status::Active } else { Status::Inactive },
                tags: tags.into_iter().map(str::to_owned).collect(),
                attributes: attributes.into_iter().map(|(n, v)| (n.to_owned(), v)).collect(),
                ..Profile::default()
            };
            let created_at = Timestamp::EPOCH.plus_seconds(seconds);
            let imported = is_full.then(|| Imported::new(ImportId(Uuid::nil())));
            Contact { profile, imported, created_at, ..ana() }
        },
    )
}

/// Any JSON, nested a little.
fn any_json() -> impl Strategy<Value = Value> {
    let names = vec!["all", "any", "none", "segment", "field", "op", "value", "attribute", "tags"];
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(names.clone()).prop_map(Value::from),
        "\\PC{0,10}".prop_map(Value::from),
    ];
    scalar.prop_recursive(8, 64, 6, move |inside| {
        let entry = (prop::sample::select(names.clone()), inside.clone());
        prop_oneof![
            prop::collection::vec(inside, 0..6).prop_map(Value::from),
            prop::collection::vec(entry, 0..4).prop_map(Value::from_iter),
        ]
    })
}

proptest! {
    /// A contact matches a filter or its complement, and never both.
    #[test]
    fn a_filter_and_its_complement_partition_contacts(
        filter in any_filter(), contact in any_contact()
    ) {
        let complement = Expanded::None(vec![filter.clone()]);
        let both = [&filter, &complement].map(|it| it.matches(&contact, &at()));
        prop_assert_ne!(both[0], both[1]);
        let explanation = Explanation::of(&filter, &contact, &at());
        prop_assert_eq!(explanation.matches(), both[0]);
    }

    /// What is read is within the limits, and is read again as the same.
    #[test]
    fn a_filter_survives_its_json(filter in any_filter(), contact in any_contact()) {
        let json = serde_json::to_string(&filter).expect("JSON");
        prop_assert!(json.len() <= MAX_BYTES);
        let again: Expanded = serde_json::from_str(&json).expect("a filter");
        prop_assert_eq!(again.hash(), filter.hash());
        prop_assert_eq!(again.matches(&contact, &at()), filter.matches(&contact, &at()));
    }

    #[test]
    fn any_json_is_read_or_refused(json in any_json()) {
        if let Ok(filter) = Filter::parse(&json) {
            prop_assert_eq!(Filter::parse(&filter.to_json()), Ok(filter));
        }
    }

    /// The fields that a filter names are all that it reads.
    #[test]
    fn only_named_fields_are_read(filter in any_filter(), contact in any_contact()) {
        let fields = filter.fields();
        let has = |field: Field| fields.contains(&field);
        let whole = &contact.profile;
        let attributes = whole.attributes.iter();
        let attributes =
            attributes.filter(|(name, _)| has(Field::Attribute((*name).clone())));
        let phone = has(Field::Phone) || has(Field::Country);
        let profile = Profile {
            phone: whole.phone.clone().filter(|_| phone),
            first_name: whole.first_name.clone().filter(|_| has(Field::FirstName)),
            last_name: whole.last_name.clone().filter(|_| has(Field::LastName)),
            status: if has(Field::Status) { whole.status } else { Status::default() },
            tags: if has(Field::Tags) { whole.tags.clone() } else { BTreeSet::default() },
            attributes: attributes.map(|(name, value)| (name.clone(), value.clone())).collect(),
            ..Profile::default()
        };
        let projected = Contact { profile, ..contact.clone() };
        prop_assert_eq!(filter.matches(&projected, &at()), filter.matches(&contact, &at()));
    }
}
