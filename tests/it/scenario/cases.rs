//! The numbered cases of the reliability plan that need no sockets.
