#pragma once

#include "core/append.hpp"
#include "telemetry/log_buffer.hpp"

#include <chrono>
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
    /// One that is appended to others, whatever the level: who calls has asked log_wants(). The
    /// message is a word.
    LogLine(
        LogLines& lines,
        LogLevel level,
        std::string_view message,
        std::chrono::system_clock::time_point time
    );
    ~LogLine();
    LogLine(const LogLine&) = delete;
    LogLine& operator=(const LogLine&) = delete;
    template <std::size_t n>
    LogLine& text(const char (&key)[n], std::string_view value)  ///< left out where empty
    {
        if (!wanted_ || value.empty()) return *this;
        if (is_plain(value)) return word(key, value);
        append_field(key);
        append_quoted(value);
        return *this;
    }
    /// The same for text that is known to hold nothing that JSON escapes: ids, names of ours.
    template <std::size_t n>
    LogLine& word(const char (&key)[n], std::string_view value)
    {
        if (!wanted_ || value.empty()) return *this;
        readable_ ? append_all(line_, ' ', key, '=', value)
                  : append_all(line_, ",\"", key, "\":\"", value, '"');
        return *this;
    }
    template <std::size_t n, class Number>
    LogLine& number(const char (&key)[n], Number value)
    {
        if (wanted_) append_field(key, value);
        return *this;
    }
    template <std::size_t n>
    LogLine& flag(const char (&key)[n], bool value)
    {
        return json(key, value ? "true" : "false");
    }
    template <std::size_t n>
    LogLine& json(const char (&key)[n], std::string_view json_text)
    {
        if (wanted_) append_field(key, json_text);
        return *this;
    }
    /// write(std::string& out) appends the JSON text.
    template <std::size_t n, std::invocable<std::string&> Write>
    LogLine& json(const char (&key)[n], Write write)
    {
        if (!wanted_) return *this;
        append_field(key);
        write(line_);
        return *this;
    }
    /// Hands the line to the writer thread, as fast as its buffer takes it (a line for which there
    /// is no room is dropped and counted). Before start_log() and after stop_log() it goes to
    /// stderr at once.
    void write();

private:
    bool wanted_;
    bool readable_;
    LogLines* others_ = nullptr;
    std::string own_;
    std::string& line_;

    template <std::size_t n, class... Value>
    void append_field(const char (&key)[n], const Value&... value)
    {
        readable_ ? append_all(line_, ' ', key, '=', value...)
                  : append_all(line_, ",\"", key, "\":", value...);
    }
    /// True where the text needs only quotes in JSON, or not even those on a terminal.
    bool is_plain(std::string_view text) const;
    void append_quoted(std::string_view text);
    /// Up to the message.
    void begin(LogLevel level, std::chrono::system_clock::time_point time);
};

/// Starts the log: level "debug" ... "error", format "auto", "json" or "text"; to stderr.
void start_log(std::string_view level, std::string_view format);
void set_log_level(std::string_view level);
bool log_wants(LogLevel level);
/// Writes what is queued and stops the writer thread.
void stop_log();

/// A buffer that the log's writer looks after, besides those that lines of threads gather in.
void attach_to_log(LogBuffer& buffer);
/// Writes what waits there. To be called while its make_lines() can still be.
void detach_from_log(LogBuffer& buffer);
/// There is something in the buffer to write. many: it should not wait for more.
void log_gathered(LogBuffer& buffer, bool many);

/// What this thread logs goes to that buffer, for as long as this is in scope.
class LogOfThread {
public:
    explicit LogOfThread(LogBuffer& buffer);
    ~LogOfThread();
    LogOfThread(const LogOfThread&) = delete;
    LogOfThread& operator=(const LogOfThread&) = delete;
};

/// For tests: lines go to this function instead of stderr until it is reset to nullptr.
void capture_log(void (*sink)(std::string_view line));

}  // namespace sluice
