//! The parameters of a call, whichever way they came: query string, form, multipart or JSON.
//!
//! As in Telegram's own server every value is text; objects and lists are JSON text.

use std::collections::HashMap;

use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use super::errors::ApiError;
use super::files::{BODY_LIMIT, Upload};

/// What is not a file may not be larger than this in one call.
const PLAIN_LIMIT: usize = 4 * 1024 * 1024;

/// The parameters of one call.
#[derive(Debug, Default)]
pub(crate) struct Params {
    values: HashMap<String, String>,
    files: HashMap<String, Upload>,
}

impl Params {
    /// Reads the query string and the body.
    pub(crate) async fn read(request: Request) -> Result<Self, ApiError> {
        let mut params = Self::default();
        params.add_form(request.uri().query().unwrap_or("").as_bytes())?;
        let content_type =
            request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
        let content_type = content_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
        match content_type.as_str() {
            "multipart/form-data" => params.add_multipart(request).await?,
            "application/json" => params.add_json(&body(request).await?)?,
            _ => params.add_form(&body(request).await?)?,
        }
        Ok(params)
    }

    fn add_form(&mut self, bytes: &[u8]) -> Result<(), ApiError> {
        for pair in bytes.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            let equals = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
            let (name, value) = (&pair[..equals], pair.get(equals + 1..).unwrap_or_default());
            self.values.insert(decode(name)?, decode(value)?);
        }
        Ok(())
    }

    fn add_json(&mut self, bytes: &[u8]) -> Result<(), ApiError> {
        if bytes.is_empty() {
            return Ok(());
        }
        let text = std::str::from_utf8(bytes).map_err(|_| ApiError::NOT_UTF8)?;
        if !text.trim_start().starts_with('{') {
            return Err(ApiError::JSON_NO_OBJECT);
        }
        let fields: HashMap<String, Box<RawValue>> = serde_json::from_str(text)
            .map_err(|error| ApiError::bad(&format!("can't parse parameter value: {error}")))?;
        for (name, raw) in fields {
            let text = raw.get();
            if text == "null" {
                continue;
            }
            let value = serde_json::from_str::<String>(text).unwrap_or_else(|_| text.to_owned());
            self.values.insert(name, value);
        }
        Ok(())
    }

    async fn add_multipart(&mut self, request: Request) -> Result<(), ApiError> {
        let (mut left, mut plain_left) = (BODY_LIMIT, PLAIN_LIMIT);
        let mut parts = Multipart::from_request(request, &()).await.map_err(|_| ApiError::NO_BOUNDARY)?;
        while let Some(part) = parts.next_field().await.map_err(|error| multipart_error(&error))? {
            let Some(field) = disposition(part.headers(), "name") else { continue };
            let name = disposition(part.headers(), "filename");
            let mime = part.content_type().map(str::to_owned);
            let bytes = part.bytes().await.map_err(|error| multipart_error(&error))?;
            left = left.checked_sub(bytes.len()).ok_or(ApiError::TOO_LARGE)?;
            if name.is_some() {
                self.files.insert(field, Upload { name, mime, bytes });
            } else {
                plain_left = plain_left.checked_sub(bytes.len()).ok_or(ApiError::TOO_LARGE)?;
                let value = String::from_utf8(bytes.into()).map_err(|_| ApiError::NOT_UTF8)?;
                self.values.insert(field, value);
            }
        }
        Ok(())
    }

    /// A value, unless it is absent or empty.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether a value came, even an empty one.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.values.contains_key(name)
    }

    /// A value that the call cannot do without.
    pub(crate) fn required(&self, name: &str) -> Result<&str, ApiError> {
        self.text(name).ok_or_else(|| ApiError::required(name))
    }

    /// A whole number; what is none counts as absent, as Telegram has it.
    pub(crate) fn int(&self, name: &str) -> Option<i64> {
        self.text(name)?.trim().parse().ok()
    }

    /// A switch.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.text(name).is_some_and(|value| {
            value == "1" || value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("yes")
        })
    }

    /// A JSON value; `what` names it in the error.
    pub(crate) fn json<T: DeserializeOwned>(&self, name: &str, what: &str) -> Result<Option<T>, ApiError> {
        let Some(text) = self.text(name) else { return Ok(None) };
        serde_json::from_str(text)
            .map(Some)
            .map_err(|_| ApiError::bad(&format!("can't parse {what} JSON object")))
    }

    /// Everything that came with the call, for the log: values as text, of files name and size.
    pub(crate) fn to_json(&self) -> Map<String, Value> {
        let values = self.values.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str())));
        let files = self
            .files
            .iter()
            .map(|(name, upload)| (name.clone(), json!({ "file": upload.name, "size": upload.bytes.len() })));
        values.chain(files).collect()
    }

    /// Takes a file out.
    pub(crate) fn take_file(&mut self, name: &str) -> Option<Upload> {
        self.files.remove(name)
    }
}

/// Undoes `application/x-www-form-urlencoded`; what is not a valid escape stays as it is.
fn decode(bytes: &[u8]) -> Result<String, ApiError> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, tail)) = rest.split_first() {
        let hex = tail.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let escaped = hex.filter(|_| *first == b'%').and_then(|pair| u8::from_str_radix(pair, 16).ok());
        out.push(escaped.unwrap_or(if *first == b'+' { b' ' } else { *first }));
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8(out).map_err(|_| ApiError::NOT_UTF8)
}

/// A field of a part's `Content-Disposition`. As Telegram reads it, a value ends at the next semicolon, with or without
/// quotes: there are libraries that send names with spaces and no quotes.
fn disposition(headers: &HeaderMap, key: &str) -> Option<String> {
    let header = String::from_utf8_lossy(headers.get(CONTENT_DISPOSITION)?.as_bytes());
    let mut fields = header.split(';').filter_map(|field| field.split_once('='));
    let value = fields.find(|(name, _)| name.trim() == key)?.1.trim();
    let quoted = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    Some(quoted.unwrap_or(value).to_owned())
}

async fn body(request: Request) -> Result<Bytes, ApiError> {
    axum::body::to_bytes(request.into_body(), PLAIN_LIMIT).await.map_err(|_| ApiError::TOO_LARGE)
}

fn multipart_error(error: &axum::extract::multipart::MultipartError) -> ApiError {
    if error.status().as_u16() == 413 { ApiError::TOO_LARGE } else { ApiError::MULTIPART_CUT }
}
