#include "runtime/lifetime.hpp"

#include "runtime/notify.hpp"
#include "telemetry/log.hpp"

#include <csignal>
#include <ctime>

namespace sluice {

namespace {

using namespace std::chrono_literals;

sigset_t our_signals()
{
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
    return set;
}

/// The next of our signals; 0 where none comes in time.
int wait_for_signal(milliseconds at_most)
{
    const auto set = our_signals();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(at_most);
    const timespec limit{seconds.count(), std::chrono::nanoseconds(at_most - seconds).count()};
    const int signal = sigtimedwait(&set, nullptr, &limit);
    return signal > 0 ? signal : 0;
}

/// False where somebody insists on an end before done() is true or the time is over.
bool wait_politely(milliseconds at_most, const std::function<bool()>& done)
{
    const auto until = Clock::now() + at_most;
    while (Clock::now() < until && !done()) {
        const int signal = wait_for_signal(20ms);
        if (signal == SIGTERM || signal == SIGINT) return false;
    }
    return true;
}

void wait_for_the_end(Gateway& gateway, const std::function<void()>& reload)
{
    const auto watchdog = watchdog_interval();
    while (true) {
        switch (wait_for_signal(watchdog.value_or(1h))) {
            case SIGTERM:
            case SIGINT: return;
            case SIGHUP: reload(); break;
            default:
                // A loop that no longer turns gives no sign of life, and the service manager acts.
                if (watchdog && gateway.alive()) notify_service_manager("WATCHDOG=1");
        }
    }
}

}  // namespace

void block_signals()
{
    const auto set = our_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

void serve_until_told(
    Gateway& gateway, const ServerConfig& config, const std::function<void()>& reload
)
{
    notify_service_manager("READY=1");
    wait_for_the_end(gateway, reload);

    notify_service_manager("STOPPING=1");
    LogLine(LogLevel::info, "draining")
        .number("open_connections", static_cast<std::int64_t>(gateway.sessions()))
        .write();
    const auto all_gone = [&] { return gateway.sessions() == 0; };
    const auto never = [] { return false; };
    gateway.begin_drain();
    bool polite = wait_politely(config.drain_delay, never);
    gateway.close_listeners();
    polite = polite && wait_politely(config.drain_timeout, all_gone);
    gateway.break_off();
    if (polite) wait_politely(2s, all_gone);
    gateway.stop();
    LogLine(LogLevel::info, "stopped").write();
}

}  // namespace sluice
