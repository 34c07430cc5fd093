#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace sluice {

/// Whole lines, each with its line break.
struct LogLines {
    std::string text;
    std::uint64_t count = 0;
};

/// Where lines of one thread, or of a few, wait for the writer. No more than a limit: lines that
/// find it full are dropped and counted.
class LogBuffer {
public:
    static constexpr std::size_t limit = 4u << 20;

    LogBuffer() = default;
    virtual ~LogBuffer() = default;
    LogBuffer(const LogBuffer&) = delete;
    LogBuffer& operator=(const LogBuffer&) = delete;

    /// Appends a line, which has no line break. Returns how many bytes wait now.
    std::size_t add(std::string_view line);
    /// Exchanges what waits for `lines`, where the next ones will gather.
    void take(LogLines& lines);

protected:
    std::mutex mutex_;  ///< held for a copy of a line, or for as long as make_lines() takes
    LogLines lines_;

    /// Makes the lines that are due before the next one, where a buffer keeps what they tell of in
    /// another form until somebody wants them. Called with the mutex held.
    virtual void make_lines() {}
    /// False where there is no room for another line, which so counts as dropped.
    bool has_room();
};

/// Lines that there was no room for, or that could not be written, of the whole process.
std::uint64_t log_lines_dropped();
void count_dropped_lines(std::uint64_t count);

}  // namespace sluice
