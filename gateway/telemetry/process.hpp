#pragma once

/// What the operating system says of this process, for the process_* metrics. 0 where it says
/// nothing.
namespace sluice::process {

double cpu_seconds();
double resident_bytes();
double virtual_bytes();
double open_fds();
double max_fds();
double start_time();  ///< seconds since 1970

}  // namespace sluice::process
