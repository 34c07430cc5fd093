#include "telemetry/log.hpp"

#include "core/json.hpp"
#include "core/text_scan.hpp"
#include "telemetry/log_writer.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <unistd.h>
#include <utility>

namespace sluice {

namespace {

LogWriter& writer()
{
    static LogWriter only;
    return only;
}

std::atomic<void (*)(std::string_view)> captured{nullptr};
std::atomic<LogLevel> threshold{LogLevel::info};
std::atomic<bool> readable{false};

/// Memory of the last line, for this thread's next.
thread_local std::string spare;
constexpr std::size_t largest_spare = 8 * 1024;

std::string_view name_of(LogLevel level)
{
    switch (level) {
        case LogLevel::debug: return "debug";
        case LogLevel::info: return "info";
        case LogLevel::warn: return "warn";
        case LogLevel::error: return "error";
    }
    std::unreachable();
}

/// 2026-11-21T09:41:07.123Z, until the next call on this thread. All but the milliseconds is kept
/// for the lines of the same second.
std::string_view timestamp(std::chrono::system_clock::time_point time)
{
    using namespace std::chrono;
    thread_local sys_seconds kept{seconds(-1)};
    thread_local std::array<char, 32> text;
    const auto now = floor<milliseconds>(time);
    const auto second = floor<seconds>(now);
    if (second != kept) {
        const auto day = floor<days>(second);
        const year_month_day date(day);
        const hh_mm_ss clock(second - day);
        std::snprintf(
            text.data(),
            text.size(),
            "%04d-%02u-%02uT%02d:%02d:%02d.000Z",
            static_cast<int>(date.year()),
            static_cast<unsigned>(date.month()),
            static_cast<unsigned>(date.day()),
            static_cast<int>(clock.hours().count()),
            static_cast<int>(clock.minutes().count()),
            static_cast<int>(clock.seconds().count())
        );
        kept = second;
    }
    constexpr std::size_t size = 24;
    auto rest = static_cast<int>((now - second).count());
    for (std::size_t at = size - 2; at > size - 5; --at, rest /= 10)
        text[at] = static_cast<char>('0' + rest % 10);
    return {text.data(), size};
}

/// True where text needs no quotes on a terminal: nothing in it can end the line or steer the
/// screen.
bool is_harmless(std::string_view text)
{
    for (const char c : text)
        if (c < ' ' || c > '~' || c == '"') return false;
    return true;
}

}  // namespace

LogLine::LogLine(LogLevel level, std::string_view message)
    : wanted_(log_wants(level)), readable_(readable.load(std::memory_order_relaxed)), line_(own_)
{
    if (!wanted_) return;
    std::swap(own_, spare);
    own_.clear();
    begin(level, std::chrono::system_clock::now());
    if (readable_ && is_plain(message))
        line_ += message;
    else
        append_quoted(message);
}

LogLine::LogLine(
    LogLines& lines,
    LogLevel level,
    std::string_view message,
    std::chrono::system_clock::time_point time
)
    : wanted_(true),
      readable_(readable.load(std::memory_order_relaxed)),
      others_(&lines),
      line_(lines.text)
{
    begin(level, time);
    readable_ ? append_all(line_, message) : append_all(line_, '"', message, '"');
}

LogLine::~LogLine()
{
    if (own_.capacity() > spare.capacity() && own_.capacity() <= largest_spare)
        std::swap(own_, spare);
}

void LogLine::begin(LogLevel level, std::chrono::system_clock::time_point time)
{
    if (readable_)
        append_all(line_, timestamp(time), ' ', name_of(level), ' ');
    else
        append_all(
            line_, R"({"ts":")", timestamp(time), R"(","level":")", name_of(level), R"(","msg":)"
        );
}

bool LogLine::is_plain(std::string_view text) const
{
    const char* const end = text.data() + text.size();
    return readable_ ? is_harmless(text) : json::pass_plain(text.data(), end) == end;
}

void LogLine::append_quoted(std::string_view text)
{
    json::append_quoted(line_, text);
}

void LogLine::write()
{
    if (!wanted_) return;
    if (!readable_) line_ += '}';
    if (others_) {
        line_ += '\n';
        ++others_->count;
        return;
    }
    if (const auto sink = captured.load()) return sink(line_);
    writer().add(line_);
}

void start_log(std::string_view level, std::string_view format)
{
    stop_log();
    set_log_level(level);
    readable = format == "text" || (format == "auto" && isatty(STDERR_FILENO) == 1);
    writer().start();
}

void set_log_level(std::string_view level)
{
    for (const auto each : {LogLevel::debug, LogLevel::info, LogLevel::warn, LogLevel::error})
        if (level == name_of(each)) threshold = each;
}

bool log_wants(LogLevel level)
{
    return level >= threshold.load(std::memory_order_relaxed);
}

void stop_log()
{
    writer().stop();
}

void attach_to_log(LogBuffer& buffer)
{
    writer().attach(buffer);
}

void detach_from_log(LogBuffer& buffer)
{
    writer().detach(buffer);
}

void log_gathered(LogBuffer& buffer, bool many)
{
    const auto sink = captured.load(std::memory_order_relaxed);
    if (!sink) return writer().gathered(buffer, many);
    LogLines lines;
    buffer.take(lines);
    for (std::string_view rest = lines.text; !rest.empty();) {
        const auto end = rest.find('\n');
        sink(rest.substr(0, end));
        rest.remove_prefix(end + 1);
    }
}

LogOfThread::LogOfThread(LogBuffer& buffer)
{
    LogWriter::use_on_this_thread(&buffer);
}

LogOfThread::~LogOfThread()
{
    LogWriter::use_on_this_thread(nullptr);
}

void capture_log(void (*sink)(std::string_view line))
{
    captured = sink;
}

}  // namespace sluice
