//! The file: its schema, its steps, its copies.
