//! Every conversation again, cut off at each pause.
