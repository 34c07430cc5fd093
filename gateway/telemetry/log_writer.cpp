#include "telemetry/log_writer.hpp"

#include <cerrno>
#include <poll.h>
#include <unistd.h>
#include <utility>

namespace sluice {

namespace {

/// False where the rest could not be written: a full disk, a reader that is gone.
bool write_all(std::string_view text)
{
    while (!text.empty()) {
        const auto written = ::write(STDERR_FILENO, text.data(), text.size());
        if (written >= 0) {
            text.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EAGAIN) {  // somebody else made the terminal or pipe non-blocking
            pollfd ready{.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
            ::poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

void write_lines(const LogLines& lines)
{
    if (!write_all(lines.text)) count_dropped_lines(lines.count);
}

std::size_t place_of_this_thread()
{
    static std::atomic<std::size_t> threads = 0;
    thread_local const auto place = threads.fetch_add(1, std::memory_order_relaxed);
    return place;
}

thread_local LogBuffer* buffer_in_use = nullptr;

}  // namespace

LogWriter::LogWriter()
{
    for (auto& buffer : own_) buffers_.push_back(&buffer);
}

void LogWriter::start()
{
    running_ = true;
    thread_ = std::thread([this] { run(); });
}

void LogWriter::stop()
{
    if (!thread_.joinable()) return;
    running_ = false;
    wake(true);
    thread_.join();
    LogLines scratch;
    write_gathered(scratch);  // of threads that still saw it running
}

void LogWriter::add(std::string_view line)
{
    auto& buffer = buffer_of_this_thread();
    const auto size = buffer.add(line);
    gathered(buffer, size >= prompt_size && size - line.size() <= prompt_size);
}

void LogWriter::attach(LogBuffer& buffer)
{
    const std::lock_guard lock(buffers_mutex_);
    buffers_.push_back(&buffer);
}

void LogWriter::detach(LogBuffer& buffer)
{
    {
        const std::lock_guard lock(buffers_mutex_);
        std::erase(buffers_, &buffer);
    }
    LogLines rest;
    buffer.take(rest);
    write_lines(rest);
    wake(false);  // the thread may have skipped one when those behind moved up
}

void LogWriter::gathered(LogBuffer& buffer, bool many)
{
    if (!running_.load(std::memory_order_relaxed)) {
        LogLines lines;
        buffer.take(lines);
        return write_lines(lines);
    }
    if (many || !awake_.load()) wake(many);
}

void LogWriter::use_on_this_thread(LogBuffer* buffer)
{
    buffer_in_use = buffer;
}

LogBuffer& LogWriter::buffer_of_this_thread()
{
    return buffer_in_use ? *buffer_in_use : own_[place_of_this_thread() % own_count];
}

void LogWriter::wake(bool hurry)
{
    if (awake_.exchange(true) && !hurry) return;
    {
        const std::lock_guard lock(mutex_);
        hurry_ |= hurry;
    }
    wake_.notify_one();
}

void LogWriter::run()
{
    LogLines scratch;
    while (running_) {
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return awake_.load() || hurry_; });
            wake_.wait_for(lock, gathering, [this] { return hurry_; });
            hurry_ = false;
        }
        if (write_gathered(scratch)) continue;  // more is likely: nobody has to wake it for that
        awake_ = false;
        write_gathered(scratch);  // what came before that; whoever appends now wakes it again
    }
}

/// False: there were no lines. scratch: memory that goes round between the buffers.
bool LogWriter::write_gathered(LogLines& scratch)
{
    bool any = false;
    for (std::size_t i = 0;; ++i) {
        {
            const std::lock_guard lock(buffers_mutex_);
            if (i >= buffers_.size()) return any;
            buffers_[i]->take(scratch);
        }
        any |= scratch.count > 0;
        write_lines(scratch);
        if (scratch.text.capacity() > 2 * prompt_size) std::string().swap(scratch.text);
    }
}

}  // namespace sluice
