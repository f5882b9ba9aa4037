//! Listens, authenticates, authorizes, calls, answers.
