//! What an embedder shows to templates.

use crate::Heap;
use crate::value::{CallError, Value};

/// An object of the embedder, named by a number that only the embedder understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Handle(pub u32);

/// The embedder's side of a rendering: variables that are made when first read, and objects with
/// properties and methods.
///
/// Every function answers none for what it does not know; the reference is then undefined. An
/// error ends the rendering.
pub trait Host {
    /// The value of a variable that the template has not set. It is asked for once.
    ///
    /// # Errors
    /// When the value cannot be made.
    fn variable(&mut self, name: &str, heap: &mut Heap) -> Result<Option<Value>, CallError>;

    /// A property of an object.
    ///
    /// # Errors
    /// When it cannot be read.
    fn property(
        &mut self,
        object: Handle,
        name: &str,
        heap: &mut Heap,
    ) -> Result<Option<Value>, CallError>;

    /// Calls a method of an object.
    ///
    /// # Errors
    /// When the method fails.
    fn call(
        &mut self,
        object: Handle,
        method: &str,
        args: &[Value],
        heap: &mut Heap,
    ) -> Result<Option<Value>, CallError>;

    /// Sets a property of an object; an object that does not take it ignores it.
    ///
    /// # Errors
    /// When it cannot be set.
    fn set(
        &mut self,
        object: Handle,
        name: &str,
        value: Value,
        heap: &mut Heap,
    ) -> Result<(), CallError>;

    /// What an object prints as.
    fn print(&self, object: Handle) -> String;
}

/// Shows nothing.
#[derive(Debug, Default, Clone, Copy)]
pub struct NoHost;

impl Host for NoHost {
    fn variable(&mut self, _: &str, _: &mut Heap) -> Result<Option<Value>, CallError> {
        Ok(None)
    }

    fn property(&mut self, _: Handle, _: &str, _: &mut Heap) -> Result<Option<Value>, CallError> {
        Ok(None)
    }

    fn call(
        &mut self,
        _: Handle,
        _: &str,
        _: &[Value],
        _: &mut Heap,
    ) -> Result<Option<Value>, CallError> {
        Ok(None)
    }

    fn set(&mut self, _: Handle, _: &str, _: Value, _: &mut Heap) -> Result<(), CallError> {
        Ok(())
    }

    fn print(&self, _: Handle) -> String {
        String::new()
    }
}
