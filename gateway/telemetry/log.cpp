#include "telemetry/log.hpp"

#include "core/json.hpp"

#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>
#include <mutex>
#include <unistd.h>
#include <utility>

namespace sluice {

namespace {

constexpr std::size_t queue_size = 8192;

/// The writer thread and its queue. The logger outlives the thread, so that a line that comes while
/// the log stops finds one that refuses it.
struct Writer {
    std::mutex mutex;
    std::shared_ptr<spdlog::details::thread_pool> thread;
    std::shared_ptr<spdlog::async_logger> logger;
    std::uint64_t dropped_before = 0;
};

Writer& writer()
{
    static Writer only;
    return only;
}

std::atomic<spdlog::async_logger*> running{nullptr};
std::atomic<void (*)(std::string_view)> captured{nullptr};
std::atomic<LogLevel> threshold{LogLevel::info};
std::atomic<bool> readable{false};

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

/// 2026-11-21T09:41:07.123Z
std::string timestamp()
{
    using namespace std::chrono;
    const auto now = floor<milliseconds>(system_clock::now());
    const auto day = floor<days>(now);
    const year_month_day date(day);
    const hh_mm_ss time(now - day);
    std::array<char, 40> text;
    const int size = std::snprintf(
        text.data(),
        text.size(),
        "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
        static_cast<int>(date.year()),
        static_cast<unsigned>(date.month()),
        static_cast<unsigned>(date.day()),
        static_cast<int>(time.hours().count()),
        static_cast<int>(time.minutes().count()),
        static_cast<int>(time.seconds().count()),
        static_cast<int>(time.subseconds().count())
    );
    return {text.data(), static_cast<std::size_t>(size)};
}

/// True where text needs no quotes on a terminal: nothing in it can end the line or steer the
/// screen.
bool is_plain(std::string_view text)
{
    for (const char c : text)
        if (c < ' ' || c > '~' || c == '"') return false;
    return true;
}

}  // namespace

LogLine::LogLine(LogLevel level, std::string_view message)
    : wanted_(level >= threshold.load(std::memory_order_relaxed)),
      readable_(readable.load(std::memory_order_relaxed))
{
    if (!wanted_) return;
    if (readable_) {
        line_ = concat(timestamp(), " ", name_of(level), " ");
        value(message);
        return;
    }
    line_ = concat(R"({"ts":")", timestamp(), R"(","level":")", name_of(level), R"(","msg":)");
    json::append_quoted(line_, message);
}

LogLine& LogLine::text(std::string_view name, std::string_view text)
{
    if (!wanted_ || text.empty()) return *this;
    key(name);
    value(text);
    return *this;
}

LogLine& LogLine::number(std::string_view name, double number)
{
    if (!wanted_) return *this;
    key(name);
    json::append_number(line_, number);
    return *this;
}

LogLine& LogLine::number(std::string_view name, std::int64_t number)
{
    if (!wanted_) return *this;
    key(name);
    json::append_number(line_, number);
    return *this;
}

LogLine& LogLine::flag(std::string_view name, bool set)
{
    return json(name, set ? "true" : "false");
}

LogLine& LogLine::json(std::string_view name, std::string_view json_text)
{
    if (!wanted_) return *this;
    key(name);
    line_ += json_text;
    return *this;
}

void LogLine::key(std::string_view name)
{
    if (readable_) {
        line_ += ' ';
        line_ += name;
        line_ += '=';
        return;
    }
    line_ += ',';
    json::append_quoted(line_, name);
    line_ += ':';
}

void LogLine::value(std::string_view text)
{
    if (readable_ && is_plain(text))
        line_ += text;
    else
        json::append_quoted(line_, text);
}

void LogLine::write()
{
    if (!wanted_) return;
    if (!readable_) line_ += '}';
    if (const auto sink = captured.load()) return sink(line_);
    if (auto* logger = running.load(std::memory_order_acquire))
        return logger->log(spdlog::level::info, spdlog::string_view_t(line_));
    line_ += '\n';
    std::fwrite(line_.data(), 1, line_.size(), stderr);
}

void start_log(std::string_view level, std::string_view format)
{
    stop_log();
    set_log_level(level);
    readable = format == "text" || (format == "auto" && isatty(STDERR_FILENO) == 1);

    const std::lock_guard lock(writer().mutex);
    writer().thread = std::make_shared<spdlog::details::thread_pool>(queue_size, 1);
    writer().logger = std::make_shared<spdlog::async_logger>(
        "sluice",
        std::make_shared<spdlog::sinks::stderr_sink_st>(),
        writer().thread,
        spdlog::async_overflow_policy::overrun_oldest
    );
    writer().logger->set_pattern("%v");
    running.store(writer().logger.get(), std::memory_order_release);
}

void set_log_level(std::string_view level)
{
    for (const auto each : {LogLevel::debug, LogLevel::info, LogLevel::warn, LogLevel::error})
        if (level == name_of(each)) threshold = each;
}

void stop_log()
{
    const std::lock_guard lock(writer().mutex);
    running = nullptr;
    if (!writer().thread) return;
    writer().dropped_before += writer().thread->overrun_counter();
    writer().thread.reset();  // joins the thread once the queue is empty
}

std::uint64_t log_lines_dropped()
{
    const std::lock_guard lock(writer().mutex);
    return writer().dropped_before + (writer().thread ? writer().thread->overrun_counter() : 0);
}

void capture_log(void (*sink)(std::string_view line))
{
    captured = sink;
}

}  // namespace sluice
