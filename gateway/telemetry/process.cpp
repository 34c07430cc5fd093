#include "telemetry/process.hpp"

#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

namespace sluice::process {

namespace {

/// Pages as /proc/self/statm counts them: total, then resident.
double memory(int field)
{
    std::ifstream statm("/proc/self/statm");
    double pages = 0;
    for (int i = 0; i <= field; ++i) statm >> pages;
    return statm ? pages * static_cast<double>(sysconf(_SC_PAGESIZE)) : 0;
}

/// When the machine started, in seconds since 1970.
double boot_time()
{
    std::ifstream stat("/proc/stat");
    std::string word;
    double seconds = 0;
    while (stat >> word)
        if (word == "btime" && stat >> seconds) return seconds;
    return 0;
}

/// When the process started, in seconds since the machine did.
double start_after_boot()
{
    std::ifstream stat("/proc/self/stat");
    std::string word;
    std::getline(stat, word, ')');  // pid and name, which may hold spaces
    constexpr int start_time_field = 20;
    for (int i = 0; i < start_time_field; ++i) stat >> word;
    return stat ? std::stod(word) / static_cast<double>(sysconf(_SC_CLK_TCK)) : 0;
}

}  // namespace

double cpu_seconds()
{
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double virtual_bytes()
{
    return memory(0);
}

double resident_bytes()
{
    return memory(1);
}

double open_fds()
{
    std::error_code error;
    const std::filesystem::directory_iterator entries("/proc/self/fd", error);
    if (error) return 0;
    return static_cast<double>(
        std::distance(begin(entries), end(entries)) - 1
    );  // one is the listing's
}

double max_fds()
{
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    return static_cast<double>(limit.rlim_cur);
}

double start_time()
{
    static const double since_1970 = boot_time() + start_after_boot();
    return since_1970;
}

}  // namespace sluice::process
