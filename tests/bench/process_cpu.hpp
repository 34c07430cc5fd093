#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

namespace bench {

/// Nanoseconds that all threads of a process have run, by the scheduler's own books. (The ticks of
/// /proc/<pid>/stat are a hundredth of a second, and where the kernel samples them, a guess.)
inline std::int64_t cpu_time(const std::string& pid)
{
    std::int64_t total = 0;
    std::error_code gone;  // a thread may end while we look
    for (const auto& thread : std::filesystem::directory_iterator("/proc/" + pid + "/task", gone)) {
        std::int64_t ran = 0;
        if (std::ifstream(thread.path() / "schedstat") >> ran) total += ran;
    }
    return total;
}

}  // namespace bench
