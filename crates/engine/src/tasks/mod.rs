//! What carries out: one file a task.
