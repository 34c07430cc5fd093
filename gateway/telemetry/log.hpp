#pragma once

#include "core/append.hpp"

#include <concepts>
#include <cstddef>
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
    template <std::size_t n>
    LogLine& text(const char (&key)[n], std::string_view value)  ///< left out where empty
    {
        if (!wanted_ || value.empty()) return *this;
        append_key(key);
        append_value(value);
        return *this;
    }
    /// The same for text that is known to hold nothing that JSON escapes: ids, names of ours.
    template <std::size_t n>
    LogLine& word(const char (&key)[n], std::string_view value)
    {
        if (!wanted_ || value.empty()) return *this;
        append_key(key);
        readable_ ? append_all(line_, value) : append_all(line_, '"', value, '"');
        return *this;
    }
    template <std::size_t n, class Number>
    LogLine& number(const char (&key)[n], Number value)
    {
        return json(key, [&](std::string& out) { append_all(out, value); });
    }
    template <std::size_t n>
    LogLine& flag(const char (&key)[n], bool value)
    {
        return json(key, value ? "true" : "false");
    }
    template <std::size_t n>
    LogLine& json(const char (&key)[n], std::string_view json_text)
    {
        return json(key, [&](std::string& out) { append_all(out, json_text); });
    }
    /// write(std::string& out) appends the JSON text.
    template <std::size_t n, std::invocable<std::string&> Write>
    LogLine& json(const char (&key)[n], Write write)
    {
        if (!wanted_) return *this;
        append_key(key);
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

    template <std::size_t n>
    void append_key(const char (&key)[n])
    {
        readable_ ? append_all(line_, ' ', key, '=') : append_all(line_, ",\"", key, "\":");
    }
    void append_value(std::string_view text);
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
