//! What plimsoll stands on gives way: the disk, the database, the clock.

mod clock;
mod disk;
mod postgres;
