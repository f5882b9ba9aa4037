//! What generated code is written in: one macro line a member, one an operation.

/// Defines a structure: its type, its schema (a static of the same name) and its conversions,
/// one line a member. `read` makes what requests reach, `write` what answers reach.
#[macro_export]
macro_rules! structure {
    ($name:ident $traits:tt { $($field:ident: $type:ty = $member:expr;)* }) => {
        #[derive(Clone, Default, PartialEq)]
        pub struct $name { $(pub $field: $type,)* }
        pub static $name: $crate::Schema =
            $crate::Schema::new(stringify!($name), $crate::Kind::Structure(&[$($member),*]));
        impl ::core::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                $crate::debug_structure(f, &$name, &[$(&self.$field),*])
            }
        }
        $crate::structure_traits! { $traits $name $($field)* }
    };
}

/// The conversions of a structure; part of [`structure!`].
#[doc(hidden)]
#[macro_export]
macro_rules! structure_traits {
    ((read write) $($rest:ident)*) => {
        $crate::structure_traits! { (read) $($rest)* }
        $crate::structure_traits! { (write) $($rest)* }
    };
    (() $($rest:ident)*) => {};
    ((read) $name:ident $($field:ident)*) => {
        impl $crate::Read for $name {
            fn read(value: ::core::option::Option<$crate::Value>) -> Self {
                #[allow(unused_mut, unused_variables)]
                let mut fields = value.unwrap_or($crate::Value::Null).into_fields();
                Self { $($field: $crate::Read::read(fields.take()),)* }
            }
        }
    };
    ((write) $name:ident $($field:ident)*) => {
        impl $crate::Write for $name {
            fn write(self) -> ::core::option::Option<$crate::Value> {
                ::core::option::Option::Some($crate::Value::Structure(
                    ::std::vec![$($crate::Write::write(self.$field)),*],
                ))
            }
        }
    };
}

/// Defines typed operations, a line each:
/// `Name: "VERB" "/path" status, Input => Output, "ResultWrapper";`,
/// with `unsigned` before the verb where the model says so.
#[macro_export]
macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident: $($unsigned:ident)? $method:literal $uri:literal $status:literal,
       $input:ident => $output:ident, $wrapper:literal;)*) => {
        $(
            $(#[$doc])*
            #[derive(Debug, Clone, Copy)]
            pub struct $name;
            impl $crate::Operation for $name {
                type Input = super::$input;
                type Output = super::$output;
                const META: &'static $crate::OperationMeta = &$crate::OperationMeta {
                    name: stringify!($name),
                    method: $method,
                    uri: $uri,
                    status: $status,
                    is_unsigned: $crate::is_unsigned!($($unsigned)?),
                    result_wrapper: $wrapper,
                    input: &super::$input,
                    output: &super::$output,
                };
            }
        )*
        /// Every operation, by name.
        pub static ALL: &[&$crate::OperationMeta] =
            &[$(<$name as $crate::Operation>::META),*];
    };
}

/// Whether the word `unsigned` was given; part of [`operations!`].
#[doc(hidden)]
#[macro_export]
macro_rules! is_unsigned {
    () => {
        false
    };
    (unsigned) => {
        true
    };
}
