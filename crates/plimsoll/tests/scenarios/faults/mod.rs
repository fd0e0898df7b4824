//! The faults that this program is for, each with its harmless twin: the fault is refused for the
//! right requirement on the right target, and the twin passes.

mod answer;
mod servers;
mod shop;

mod f01_asset_missing;
mod f01_old_faults;
mod f02_dies_or_restarts;
mod f02_process;
mod f03_wrong_target;
mod f09_calendar;
mod f09_wrong_hour;
mod f10_certificate;
mod f15_slow_leak;
mod f22_no_way_back;
mod f28_tests_taken_for_green;
mod forced_and_gone_back;
mod green_without_evidence;
mod look_is_meant;
mod oq1_reported;
mod oq3_control_runs;
mod served_bytes;
mod x02_gap;
