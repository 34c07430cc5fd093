#pragma once

#include "telemetry/log_buffer.hpp"

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

namespace sluice {

/// Lines of all threads on their way to stderr. A thread only appends to a buffer; a thread of the
/// writer's own writes what has gathered, so that neither a slow reader of the log nor the system
/// call is any request's business, and it is woken up for some hundred lines, or twenty times a
/// second, not for each line.
class LogWriter {
public:
    /// So long lines wait for company. What a crash takes with it is no older.
    static constexpr std::chrono::milliseconds gathering{50};

    LogWriter();
    ~LogWriter() { stop(); }

    void start();
    /// Writes what waits and ends the thread; lines that come later go to stderr at once.
    void stop();
    /// Never blocks for longer than the buffer does. The line has no line break.
    void add(std::string_view line);

    /// A buffer of the caller's, which lives until it is detached.
    void attach(LogBuffer& buffer);
    /// Writes what waits there.
    void detach(LogBuffer& buffer);
    /// There is something in the buffer. many: it should not wait for more.
    void gathered(LogBuffer& buffer, bool many);
    /// The buffer of the lines of this thread; nullptr: one of the writer's own.
    static void use_on_this_thread(LogBuffer* buffer);

private:
    /// Threads that come after so many share.
    static constexpr std::size_t own_count = 16;
    static constexpr std::size_t prompt_size = 256 * 1024;  // is written before its time

    struct alignas(64) OwnBuffer : LogBuffer {};

    std::array<OwnBuffer, own_count> own_;
    std::mutex buffers_mutex_;
    std::vector<LogBuffer*> buffers_;
    std::atomic<bool> running_ = false;
    std::atomic<bool> awake_ = false;  ///< the thread will look at the buffers
    std::mutex mutex_;
    std::condition_variable wake_;
    bool hurry_ = false;
    std::thread thread_;

    LogBuffer& buffer_of_this_thread();
    void wake(bool hurry);
    void run();
    bool write_gathered(LogLines& scratch);
};

}  // namespace sluice
