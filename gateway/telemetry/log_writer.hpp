#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace sluice {

/// Lines of all threads on their way to stderr. A thread only appends to a buffer; a thread of the
/// writer's own writes what has gathered, so that neither a slow reader of the log nor the system
/// call is any request's business, and a busy second costs some twenty wake-ups, not one a line.
class LogWriter {
public:
    /// So long lines wait for company. What a crash takes with it is no older.
    static constexpr std::chrono::milliseconds gathering{50};
    /// Of lines that wait in one buffer; those that find it full are dropped and counted.
    static constexpr std::size_t buffer_limit = 4u << 20;

    ~LogWriter() { stop(); }

    void start();
    /// Writes what waits and ends the thread; lines that come later go to stderr at once.
    void stop();
    /// Never blocks for longer than another thread's copy of a line. The line has no line break.
    void add(std::string_view line);
    std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

private:
    /// Threads that come after so many share.
    static constexpr std::size_t buffer_count = 16;
    static constexpr std::size_t prompt_size = 256 * 1024;  // is written before its time

    struct alignas(64) Buffer {
        std::mutex mutex;
        std::string text;
        std::uint64_t lines = 0;
    };

    std::array<Buffer, buffer_count> buffers_;
    std::atomic<bool> running_ = false;
    std::atomic<bool> awake_ = false;  ///< the thread will look at the buffers
    std::atomic<std::uint64_t> dropped_ = 0;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool hurry_ = false;
    std::thread thread_;

    void wake(bool hurry);
    void run();
    void write_gathered(std::string& scratch);
};

}  // namespace sluice
