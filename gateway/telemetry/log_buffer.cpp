#include "telemetry/log_buffer.hpp"

#include "core/append.hpp"

#include <atomic>
#include <utility>

namespace sluice {

namespace {

std::atomic<std::uint64_t> dropped{0};

}  // namespace

std::size_t LogBuffer::add(std::string_view line)
{
    const std::lock_guard lock(mutex_);
    make_lines();
    if (has_room()) {
        append_all(lines_.text, line, '\n');
        ++lines_.count;
    }
    return lines_.text.size();
}

void LogBuffer::take(LogLines& lines)
{
    lines.text.clear();
    lines.count = 0;
    const std::lock_guard lock(mutex_);
    make_lines();
    std::swap(lines, lines_);
}

bool LogBuffer::has_room()
{
    const bool room = lines_.text.size() < limit;
    if (!room) count_dropped_lines(1);
    return room;
}

std::uint64_t log_lines_dropped()
{
    return dropped.load(std::memory_order_relaxed);
}

void count_dropped_lines(std::uint64_t count)
{
    dropped.fetch_add(count, std::memory_order_relaxed);
}

}  // namespace sluice
