//! Fields of a body that may be omitted, null or given.

use serde::{Deserialize, Deserializer};

/// A field that is left as it is if it is omitted, and cleared if it is null.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Maybe<T> {
    #[default]
    Omitted,
    Null,
    Given(T),
}

impl<T> Maybe<T> {
    /// The field after a change of `before`.
    pub(crate) fn or(self, before: Option<T>) -> Option<T> {
        match self {
            Self::Omitted => before,
            Self::Null => None,
            Self::Given(value) => Some(value),
        }
    }

    pub(crate) fn try_map<U, E>(self, map: impl FnOnce(T) -> Result<U, E>) -> Result<Maybe<U>, E> {
        Ok(match self {
            Self::Omitted => Maybe::Omitted,
            Self::Null => Maybe::Null,
            Self::Given(value) => Maybe::Given(map(value)?),
        })
    }
}

/// With `#[serde(default)]`, so that an omitted field is [`Maybe::Omitted`].
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Maybe<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Option::<T>::deserialize(deserializer)?;
        Ok(value.map_or(Self::Null, Self::Given))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Sample {
        #[serde(default)]
        name: Maybe<String>,
    }

    #[test]
    fn omitted_null_and_given_differ() {
        let before = || Some("a".to_owned());
        for (json, after) in [
            ("{}", before()),
            (r#"{"name": null}"#, None),
            (r#"{"name": "b"}"#, Some("b".to_owned())),
        ] {
            let sample: Sample = serde_json::from_str(json).expect("a sample");
            assert_eq!(sample.name.or(before()), after, "{json}");
        }
    }
}
