//! A form to post, repeatedly if necessary.

use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, RequestBuilder};

#[derive(Clone, Debug)]
pub(crate) struct Post {
    pub(crate) url: String,
    headers: Vec<(&'static str, String)>,
    form: String,
}

impl Post {
    pub(crate) fn new<'a>(
        url: &str,
        parameters: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let form =
            form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        Self { url: url.to_owned(), headers: Vec::new(), form }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn request(&self, http: &Client) -> RequestBuilder {
        let request = http
            .post(&self.url)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded; charset=utf-8")
            .body(self.form.clone());
        self.headers.iter().fold(request, |request, (name, value)| request.header(*name, value))
    }
}
