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

std::size_t place_of_this_thread()
{
    static std::atomic<std::size_t> threads = 0;
    thread_local const auto place = threads.fetch_add(1, std::memory_order_relaxed);
    return place;
}

}  // namespace

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
    std::string scratch;
    write_gathered(scratch);  // of threads that still saw it running
}

void LogWriter::add(std::string_view line)
{
    auto& buffer = buffers_[place_of_this_thread() % buffer_count];
    std::size_t size = 0;
    {
        const std::lock_guard lock(buffer.mutex);
        if (buffer.text.size() + line.size() >= buffer_limit) {
            dropped_.fetch_add(1, std::memory_order_relaxed);
            return;
        }
        buffer.text.append(line) += '\n';
        ++buffer.lines;
        size = buffer.text.size();
    }
    if (!running_.load(std::memory_order_relaxed)) {
        std::string scratch;
        return write_gathered(scratch);
    }
    const bool crosses = size >= prompt_size && size - line.size() <= prompt_size;
    if (crosses || !awake_.load(std::memory_order_relaxed)) wake(crosses);
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
    std::string scratch;
    while (running_) {
        {
            std::unique_lock lock(mutex_);
            wake_.wait(lock, [this] { return awake_.load() || hurry_; });
            wake_.wait_for(lock, gathering, [this] { return hurry_; });
            hurry_ = false;
        }
        awake_ = false;  // before the buffers are emptied: whoever appends after that wakes again
        write_gathered(scratch);
    }
}

/// scratch: memory that goes round between the buffers.
void LogWriter::write_gathered(std::string& scratch)
{
    for (auto& buffer : buffers_) {
        std::uint64_t lines = 0;
        scratch.clear();
        {
            const std::lock_guard lock(buffer.mutex);
            if (buffer.text.empty()) continue;
            scratch.swap(buffer.text);
            lines = std::exchange(buffer.lines, 0);
        }
        if (!write_all(scratch)) dropped_.fetch_add(lines, std::memory_order_relaxed);
        if (scratch.capacity() > 2 * prompt_size) std::string().swap(scratch);
    }
}

}  // namespace sluice
