// The provider of the bench: answers every request at once, in the dialect that its path belongs
// to, or with a stream that the request's model describes (answers.hpp).
//   bench_upstream --port 18601

#include "answers.hpp"
#include "arguments.hpp"
#include "message_reader.hpp"
#include "net.hpp"

#include <csignal>
#include <cstdio>
#include <exception>
#include <memory>
#include <queue>
#include <random>

namespace {

using namespace bench;

struct Connection {
    int socket = -1;
    std::uint64_t id = 0;
    MessageReader reader;
    Outbox outbox;
    std::string body;  ///< the front of it, which has the model
    Plan left;         ///< of the stream that it gets
    bool writing = false;
};

/// When a paced stream's next event is due. Its connection may be gone by then, and its place
/// taken.
struct Due {
    std::int64_t time;
    std::uint64_t connection;
    bool operator>(const Due& other) const { return time > other.time; }
};

class Upstream {
public:
    explicit Upstream(int port) : listener_(listen_on(port)) { epoll_.add(listener_, nullptr); }

    [[noreturn]] void run()
    {
        while (true) {
            for (const auto& event : epoll_.wait(due_.empty() ? now() + a_second : due_.top().time))
                event.data.ptr ? serve(event) : accept_all();
            send_due();
        }
    }

private:
    static constexpr std::int64_t a_second = 1'000'000'000;
    static constexpr std::size_t front = 512;

    Epoll epoll_;
    int listener_;
    std::uint64_t next_id_ = 1;
    std::map<std::uint64_t, std::unique_ptr<Connection>> connections_;
    std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
    std::minstd_rand dice_;
    std::vector<char> buffer_ = std::vector<char>(256 * 1024);
    std::string out_;
    const std::string chat_ = chat_answer(), messages_ = messages_answer(),
                      responses_ = responses_answer();

    void accept_all()
    {
        while (true) {
            const int socket = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (socket < 0) return;
            send_at_once(socket);
            const auto id = next_id_++;
            auto& connection =
                connections_.emplace(id, std::make_unique<Connection>()).first->second;
            connection->socket = socket;
            connection->id = id;
            epoll_.add(socket, connection.get());
        }
    }

    void serve(const epoll_event& event)
    {
        auto& connection = *static_cast<Connection*>(event.data.ptr);
        const bool reads = (event.events & ~std::uint32_t{EPOLLOUT}) != 0;
        const bool good =
            (!(event.events & EPOLLOUT) || connection.outbox.flush(connection.socket)) &&
            (!reads || read(connection));
        settle(connection, good);
    }

    /// Closes what is gone, else waits for room where something is left to send.
    void settle(Connection& connection, bool good)
    {
        if (!good) {
            close(connection.socket);
            connections_.erase(connection.id);
            return;
        }
        const bool waits = !connection.outbox.empty();
        if (waits == connection.writing) return;
        connection.writing = waits;
        epoll_.watch_writing(connection.socket, &connection, waits);
    }

    bool read(Connection& connection)
    {
        auto received = receive(connection.socket, buffer_);
        if (!received) return false;
        while (!received->empty()) {
            const auto progress = connection.reader.read(*received, [&](std::string_view piece) {
                connection.body.append(
                    piece.substr(0, front - std::min(front, connection.body.size()))
                );
            });
            if (progress == MessageReader::Progress::broken) return false;
            if (progress == MessageReader::Progress::needs_more) return true;
            if (!answer(connection)) return false;
            connection.body.clear();
        }
        return true;
    }

    bool answer(Connection& connection)
    {
        if (const auto plan = stream_plan(connection.body)) return start_stream(connection, *plan);
        const auto path = connection.reader.path();
        const auto& answer = path.ends_with("/messages")    ? messages_
                             : path.ends_with("/responses") ? responses_
                                                            : chat_;
        return connection.outbox.send(connection.socket, answer);
    }

    bool start_stream(Connection& connection, const Plan& plan)
    {
        connection.left = plan;
        out_ = stream_head;
        append_chunk(out_, chunk_event(R"({"role":"assistant","content":""})", "null"));
        append_token(out_, now());
        --connection.left.events;
        if (!connection.outbox.send(connection.socket, out_)) return false;
        if (plan.gap == 0) return send_all(connection);
        // Streams that begin together shall not speak together.
        const auto phase = std::uniform_int_distribution<std::int64_t>(0, plan.gap)(dice_);
        due_.push({now() + phase, connection.id});
        return true;
    }

    /// Each event by itself, as a provider writes it that has one token after the other.
    bool send_all(Connection& connection)
    {
        bool good = true;
        while (good && connection.left.events-- > 0) {
            out_.clear();
            append_token(out_, now());
            good = connection.outbox.send(connection.socket, out_);
        }
        out_.clear();
        append_end(out_);
        return good && connection.outbox.send(connection.socket, out_);
    }

    void send_due()
    {
        while (!due_.empty() && due_.top().time <= now()) {
            const auto due = due_.top();
            due_.pop();
            const auto found = connections_.find(due.connection);
            if (found == connections_.end()) continue;
            auto& connection = *found->second;
            out_.clear();
            if (connection.left.events-- > 0) {
                append_token(out_, now());
                due_.push({due.time + connection.left.gap, due.connection});
            } else {
                append_end(out_);
            }
            settle(connection, connection.outbox.send(connection.socket, out_));
        }
    }
};

}  // namespace

int main(int argc, char** argv)
try {
    std::signal(SIGPIPE, SIG_IGN);
    Upstream(Arguments(argc, argv).integer("port", 18601)).run();
} catch (const std::exception& error) {
    std::fprintf(stderr, "bench_upstream: %s\n", error.what());
    return 1;
}
