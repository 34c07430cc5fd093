#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice {

enum class LogLevel { debug, info, warn, error };

/// One line of the log in the making: JSON on a pipe or file, a readable form on a terminal. Keys,
/// tokens, prompts and completions never go in; that is the caller's duty, and a test's.
///
///     LogLine(LogLevel::info, "listening").text("address", address).number("workers", 2).write();
class LogLine {
public:
    LogLine(LogLevel level, std::string_view message);
    ~LogLine();
    LogLine(const LogLine&) = delete;
    LogLine& operator=(const LogLine&) = delete;
    LogLine& text(std::string_view key, std::string_view value);  ///< left out where empty
    LogLine& number(std::string_view key, double value);
    LogLine& number(std::string_view key, std::int64_t value);
    LogLine& number(std::string_view key, int value) { return number(key, std::int64_t{value}); }
    LogLine& flag(std::string_view key, bool value);
    LogLine& json(std::string_view key, std::string_view json_text);
    /// write(std::string& out) appends the JSON text.
    template <class Write>
        requires std::invocable<Write, std::string&>
    LogLine& json(std::string_view key, Write write)
    {
        if (!wanted_) return *this;
        this->key(key);
        write(line_);
        return *this;
    }
    /// Hands the line to the writer thread; never blocks (a line for which there is no room is
    /// dropped and counted). Before start_log() and after stop_log() it goes to stderr at once.
    void write();

private:
    bool wanted_;
    bool readable_;
    std::string line_;

    void key(std::string_view name);
    void value(std::string_view text);
};

/// Starts the log: level "debug" ... "error", format "auto", "json" or "text"; to stderr.
void start_log(std::string_view level, std::string_view format);
void set_log_level(std::string_view level);
/// Writes what is queued and stops the writer thread.
void stop_log();
/// Lines dropped because the writer could not keep up, or could not write.
std::uint64_t log_lines_dropped();
/// For tests: lines go to this function instead of stderr until it is reset to nullptr.
void capture_log(void (*sink)(std::string_view line));

}  // namespace sluice
