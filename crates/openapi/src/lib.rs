//! OpenAPI documents to REST APIs and back.
