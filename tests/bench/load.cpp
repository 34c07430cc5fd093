// The callers of the bench; prints what they saw as one JSON object on one line.
//   bench_load --mode closed --port 18630 --connections 64 --seconds 4 [--pid N ...]
//   bench_load --mode open --rate 1000 ...      latency counts from when a request was due
//   bench_load --mode cold ... -- command       time from its start to its first answer
// Further: --path, --model, --bytes, --stream yes, --header "name: value", --warmup seconds.
// With --pid the CPU time of that process is divided by what it answered.

#include "arguments.hpp"
#include "histogram.hpp"
#include "message_reader.hpp"
#include "net.hpp"
#include "process_cpu.hpp"
#include "prompt.hpp"

#include <charconv>
#include <csignal>
#include <cstdio>
#include <exception>
#include <memory>
#include <random>
#include <sys/prctl.h>
#include <sys/wait.h>

namespace {

using namespace bench;

constexpr double a_second = 1e9;

std::int64_t seconds(double count)
{
    return static_cast<std::int64_t>(count * a_second);
}

/// One caller: a connection, and the request on it.
struct Caller {
    int socket = -1;
    MessageReader reader;
    Outbox outbox;
    std::int64_t began = 0;
    std::string line;  ///< of a stream, as far as it has come
    bool writing = false;
};

/// What was seen since the warm-up.
struct Tally {
    std::uint64_t requests = 0, errors = 0, reconnects = 0, events = 0;
    Histogram latencies;  ///< of requests; where there are events, of those
    Histogram event_latencies;
};

class Load {
public:
    explicit Load(const Arguments& arguments)
        : request_(request_text(arguments)),
          port_(arguments.integer("port", 0)),
          open_(arguments.text("mode", "closed") == "open"),
          rate_(arguments.number("rate", 1000)),
          warmup_(seconds(arguments.number("warmup", 1))),
          span_(seconds(arguments.number("seconds", 4))),
          pids_(arguments.all("pid")),
          callers_(static_cast<std::size_t>(arguments.integer("connections", 64)))
    {
    }

    void run()
    {
        const auto begin = now() + warmup_;
        const auto end = begin + span_;
        next_start_ = now();
        measure_until(begin);
        tally_ = {};
        const auto cpu_before = cpu();
        const auto began = now();
        measure_until(end);
        print(static_cast<double>(now() - began) / a_second, cpu() - cpu_before);
    }

private:
    static constexpr std::size_t connects_a_turn = 32;

    Epoll epoll_;
    std::string request_;
    int port_;
    bool open_;
    double rate_;
    std::int64_t warmup_, span_;
    std::vector<std::string> pids_;
    std::vector<Caller> callers_;
    std::size_t connected_ = 0;
    std::vector<Caller*> idle_;
    std::int64_t next_start_ = 0;
    std::mt19937_64 dice_;
    std::vector<char> buffer_ = std::vector<char>(256 * 1024);
    Tally tally_;

    void measure_until(std::int64_t end)
    {
        while (now() < end) {
            connect_some();
            if (open_) start_due();
            for (const auto& event : epoll_.wait(wake_at(end))) serve(event);
        }
    }

    std::int64_t wake_at(std::int64_t end) const
    {
        if (connected_ < callers_.size()) return 0;
        return open_ && !idle_.empty() ? std::min(end, next_start_) : end;
    }

    std::int64_t cpu() const
    {
        std::int64_t total = 0;
        for (const auto& pid : pids_) total += cpu_time(pid);
        return total;
    }

    void connect_some()
    {
        for (std::size_t i = 0; i < connects_a_turn && connected_ < callers_.size(); ++i)
            connect(callers_[connected_++]);
    }

    void connect(Caller& caller)
    {
        caller.socket = connect_to(port_);
        if (caller.socket < 0) throw std::runtime_error("nobody listens on the port");
        caller.reader.restart();
        caller.outbox.clear();
        caller.line.clear();
        caller.writing = false;
        epoll_.add(caller.socket, &caller);
        rest(caller);
    }

    /// The caller is free: at once for its next request, or when one is due.
    void rest(Caller& caller) { open_ ? idle_.push_back(&caller) : start(caller, now()); }

    /// Requests arrive as strangers do, independently of each other and of the answers.
    void start_due()
    {
        std::exponential_distribution<double> gap(rate_ / a_second);
        while (!idle_.empty() && next_start_ <= now()) {
            auto& caller = *idle_.back();
            idle_.pop_back();
            start(caller, next_start_);
            next_start_ += static_cast<std::int64_t>(gap(dice_));
        }
    }

    void start(Caller& caller, std::int64_t due)
    {
        caller.began = due;
        if (caller.outbox.send(caller.socket, request_)) watch_writing(caller);
    }

    void watch_writing(Caller& caller)
    {
        const bool waits = !caller.outbox.empty();
        if (waits == caller.writing) return;
        caller.writing = waits;
        epoll_.watch_writing(caller.socket, &caller, waits);
    }

    void serve(const epoll_event& event)
    {
        auto& caller = *static_cast<Caller*>(event.data.ptr);
        bool good = !(event.events & EPOLLOUT) || caller.outbox.flush(caller.socket);
        if (good) watch_writing(caller);
        if (good && (event.events & ~std::uint32_t{EPOLLOUT})) good = read(caller);
        if (!good) reconnect(caller);
    }

    void reconnect(Caller& caller)
    {
        ++tally_.reconnects;
        std::erase(idle_, &caller);
        close(caller.socket);
        connect(caller);
    }

    bool read(Caller& caller)
    {
        auto received = receive(caller.socket, buffer_);
        if (!received) return false;
        const auto time = now();
        while (!received->empty()) {
            const auto progress = caller.reader.read(*received, [&](std::string_view piece) {
                take_lines(caller, piece, time);
            });
            if (progress == MessageReader::Progress::broken) return false;
            if (progress == MessageReader::Progress::needs_more) return true;
            ++tally_.requests;
            if (caller.reader.status() != "200") ++tally_.errors;
            tally_.latencies.add(time - caller.began);
            caller.line.clear();
            if (caller.reader.head().contains("\nconnection: close")) return false;
            rest(caller);
        }
        return true;
    }

    void take_lines(Caller& caller, std::string_view piece, std::int64_t time)
    {
        for (auto end = piece.find('\n'); end != piece.npos; end = piece.find('\n')) {
            if (caller.line.empty()) {
                take_line(piece.substr(0, end), time);
            } else {
                caller.line.append(piece.substr(0, end));
                take_line(caller.line, time);
                caller.line.clear();
            }
            piece.remove_prefix(end + 1);
        }
        caller.line.append(piece);
    }

    /// A token is the time at which the upstream sent it.
    void take_line(std::string_view line, std::int64_t time)
    {
        constexpr std::string_view mark = "\"t=";
        const auto at = line.find(mark);
        if (at == line.npos) return;
        std::int64_t sent = 0;
        std::from_chars(line.data() + at + mark.size(), line.data() + line.size(), sent);
        ++tally_.events;
        tally_.event_latencies.add(time - sent);
    }

    void print(double took, std::int64_t cpu) const
    {
        const auto& of = tally_.events > 0 ? tally_.event_latencies : tally_.latencies;
        const auto each = [&](std::uint64_t count) {
            return count == 0 ? 0 : static_cast<double>(cpu) / 1000 / static_cast<double>(count);
        };
        std::printf(
            R"({"seconds":%.3f,"requests":%lu,"errors":%lu,"reconnects":%lu,"events":%lu,)"
            R"("requests_per_second":%.1f,"events_per_second":%.1f,"p50_us":%.2f,"p90_us":%.2f,)"
            R"("p99_us":%.2f,"p999_us":%.2f,"max_us":%.2f,"cpu_seconds":%.4f,)"
            R"("cpu_us_per_request":%.3f,"cpu_us_per_event":%.3f})"
            "\n",
            took,
            tally_.requests,
            tally_.errors,
            tally_.reconnects,
            tally_.events,
            static_cast<double>(tally_.requests) / took,
            static_cast<double>(tally_.events) / took,
            of.percentile(0.5),
            of.percentile(0.9),
            of.percentile(0.99),
            of.percentile(0.999),
            of.max(),
            static_cast<double>(cpu) / a_second,
            each(tally_.requests),
            each(tally_.events)
        );
    }
};

bool answered(int port, const std::string& request)
{
    const int socket = connect_to(port);
    if (socket < 0) return false;
    std::vector<char> buffer(64 * 1024);
    MessageReader reader;
    auto progress = MessageReader::Progress::needs_more;
    if (send(socket, request.data(), request.size(), MSG_NOSIGNAL) >= 0) {
        while (progress == MessageReader::Progress::needs_more) {
            const auto size = recv(socket, buffer.data(), buffer.size(), 0);
            if (size <= 0) break;
            std::string_view bytes(buffer.data(), static_cast<std::size_t>(size));
            progress = reader.read(bytes, [](std::string_view) {});
        }
    }
    close(socket);
    return progress == MessageReader::Progress::complete && reader.status() == "200";
}

void cold_start(Arguments arguments)
{
    const auto request = request_text(arguments);
    const auto began = now();
    const auto give_up = began + seconds(30);
    arguments.command.push_back(nullptr);
    const auto child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        execvp(arguments.command.front(), arguments.command.data());
        _exit(127);
    }
    bool good = false;
    while (!good && now() < give_up) {
        good = answered(arguments.integer("port", 0), request);
        if (!good) usleep(200);
    }
    const auto took = now() - began;
    kill(child, SIGTERM);
    waitpid(child, nullptr, 0);
    if (!good) throw std::runtime_error("no answer within 30 seconds");
    std::printf("{\"first_answer_ms\":%.2f}\n", static_cast<double>(took) / 1e6);
}

}  // namespace

int main(int argc, char** argv)
try {
    std::signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_TIMERSLACK, 1);
    const Arguments arguments(argc, argv);
    if (arguments.text("mode", "closed") == "cold")
        cold_start(arguments);
    else
        Load(arguments).run();
} catch (const std::exception& error) {
    std::fprintf(stderr, "bench_load: %s\n", error.what());
    return 1;
}
