//! The faults that this program is for, each with its harmless twin.
