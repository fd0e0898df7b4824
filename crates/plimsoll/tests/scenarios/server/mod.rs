//! A server, and people and programs who ask it from other machines.

mod afar;
mod own_pages;
mod restarts;
mod tokens;
mod under_load;
mod worker;
