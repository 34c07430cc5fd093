#include "support/fake_upstream.hpp"

#include <arpa/inet.h>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdexcept>
#include <strings.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace sluice::test {

namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

/// Wakes every pause when a fake is destroyed. Per thread: each connection has its own.
struct Interrupt {
    std::mutex mutex;
    std::condition_variable changed;
    bool over = false;
};
thread_local Interrupt* interrupt = nullptr;

std::size_t content_length(const std::string& head)
{
    for (std::size_t at = 0; (at = head.find("\r\n", at)) != std::string::npos; at += 2) {
        constexpr std::string_view name = "content-length:";
        if (head.size() - at - 2 > name.size() &&
            strncasecmp(head.data() + at + 2, name.data(), name.size()) == 0)
            return static_cast<std::size_t>(std::atoi(head.data() + at + 2 + name.size()));
    }
    return 0;
}

bool other_side_gone(int socket)
{
    char byte;
    const auto n = ::recv(socket, &byte, 1, MSG_DONTWAIT | MSG_PEEK);
    return n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
}

std::string reason(int status)
{
    return status < 400 ? "OK" : "Error";
}

std::string escaped(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

}  // namespace

bool Peer::more()
{
    char bytes[65536];
    const auto n = ::recv(socket_, bytes, sizeof bytes, 0);
    if (n > 0) buffer_.append(bytes, static_cast<std::size_t>(n));
    return n > 0;
}

std::string Peer::read_some()
{
    if (buffer_.empty()) more();
    return std::exchange(buffer_, {});
}

bool Peer::read_head()
{
    std::size_t end;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos)
        if (!more()) return false;
    head_ = buffer_.substr(0, end + 4);
    buffer_.erase(0, end + 4);
    body_.clear();
    return true;
}

bool Peer::read_request()
{
    if (!read_head()) return false;
    if (head_.find("\r\nTransfer-Encoding: chunked\r\n") != std::string::npos)
        return read_chunked_body();
    return read_sized_body(content_length(head_));
}

bool Peer::read_sized_body(std::size_t size)
{
    while (buffer_.size() < size)
        if (!more()) return false;
    body_ = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return true;
}

bool Peer::read_chunked_body()
{
    while (true) {
        std::size_t line;
        while ((line = buffer_.find("\r\n")) == std::string::npos)
            if (!more()) return false;
        const auto size = std::strtoul(buffer_.c_str(), nullptr, 16);
        while (buffer_.size() < line + 2 + size + 2)
            if (!more()) return false;
        body_.append(buffer_, line + 2, size);
        buffer_.erase(0, line + 2 + size + 2);
        if (size == 0) return true;
    }
}

bool Peer::send(std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto n = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

void Peer::pause(milliseconds span)
{
    std::unique_lock lock(interrupt->mutex);
    interrupt->changed.wait_for(lock, span, [] { return interrupt->over; });
}

void Peer::reset()
{
    const linger hard{1, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close();
}

void Peer::close()
{
    if (std::exchange(open_, false)) ::close(socket_);
}

bool Peer::closed_within(milliseconds span)
{
    const auto until = std::chrono::steady_clock::now() + span;
    while (std::chrono::steady_clock::now() < until) {
        pollfd entry{socket_, POLLIN, 0};
        ::poll(&entry, 1, 10);
        if (other_side_gone(socket_)) return true;
        std::unique_lock lock(interrupt->mutex);
        if (interrupt->over) return false;
    }
    return false;
}

Reply status(int code, std::string body, std::string headers)
{
    return [=](Peer& peer) {
        return peer.send(
            "HTTP/1.1 " + std::to_string(code) + " " + reason(code) +
            "\r\ncontent-type: application/json\r\n" + headers +
            "content-length: " + std::to_string(body.size()) + "\r\n\r\n" + body
        );
    };
}

Reply json(std::string body)
{
    return status(200, std::move(body));
}

Reply chat_answer(std::string content)
{
    return json(
        R"({"id":"chatcmpl-1","object":"chat.completion","created":1795176000,"model":"fake-model",)"
        R"("choices":[{"index":0,"message":{"role":"assistant","content":")" +
        escaped(content) +
        R"("},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}})"
    );
}

std::string chunk_event(std::string_view content)
{
    return R"(data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1795176000,"model":"fake-model",)"
           R"("choices":[{"index":0,"delta":{"content":")" +
           escaped(content) + "\"},\"finish_reason\":null}]}\n\n";
}

std::string finish_event(std::string_view why)
{
    return R"(data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1795176000,"model":"fake-model",)"
           R"("choices":[{"index":0,"delta":{},"finish_reason":")" +
           std::string(why) + "\"}]}\n\n";
}

std::string usage_event(int prompt, int completion)
{
    return R"(data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1795176000,"model":"fake-model",)"
           R"("choices":[],"usage":{"prompt_tokens":)" +
           std::to_string(prompt) + ",\"completion_tokens\":" + std::to_string(completion) +
           ",\"total_tokens\":" + std::to_string(prompt + completion) + "}}\n\n";
}

std::string stream_head()
{
    return "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; "
           "charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n";
}

std::string chunked(std::string_view bytes)
{
    char size[32];
    std::snprintf(size, sizeof size, "%zx\r\n", bytes.size());
    return size + std::string(bytes) + "\r\n";
}

Reply sse(std::vector<std::string> events, milliseconds gap)
{
    return [=](Peer& peer) {
        if (!peer.send(stream_head())) return false;
        for (const auto& event : events) {
            if (!peer.send(chunked(event))) return false;
            if (gap > milliseconds(0)) peer.pause(gap);
        }
        return peer.send("0\r\n\r\n");
    };
}

Reply chat_stream(std::vector<std::string> words, milliseconds gap)
{
    std::vector<std::string> events;
    for (const auto& word : words) events.push_back(chunk_event(word));
    events.push_back(finish_event());
    events.push_back(usage_event(3, static_cast<int>(words.size())));
    events.push_back("data: [DONE]\n\n");
    return sse(std::move(events), gap);
}

Reply hang()
{
    return [](Peer& peer) {
        peer.closed_within(std::chrono::seconds(30));
        return false;
    };
}

Reply reset()
{
    return [](Peer& peer) {
        peer.reset();
        return false;
    };
}

Reply hang_up()
{
    return [](Peer&) { return false; };
}

Reply raw(std::string bytes, bool keep_open)
{
    return [=](Peer& peer) { return peer.send(bytes) && keep_open; };
}

Reply in_turn(std::vector<Reply> replies)
{
    auto next = std::make_shared<std::atomic<std::size_t>>(0);
    return [=](Peer& peer) {
        const auto n = next->fetch_add(1);
        return replies[std::min(n, replies.size() - 1)](peer);
    };
}

struct FakeUpstream::State {
    Reply reply;
    Reads reads = Reads::requests;
    int listener = -1;
    int port = 0;
    mutable std::mutex mutex;
    mutable std::condition_variable changed;
    std::vector<std::string> heads, bodies;
    std::vector<std::optional<SteadyTime>> closed;
    std::vector<std::unique_ptr<Interrupt>> interrupts;
    std::vector<int> sockets;
    std::vector<std::thread> threads;
    bool over = false;
    std::thread acceptor;

    void accept_loop();
    void converse(int socket, std::size_t number, Interrupt& mine);
};

void FakeUpstream::State::accept_loop()
{
    while (true) {
        const int socket = ::accept(listener, nullptr, nullptr);
        std::lock_guard lock(mutex);
        if (over || socket < 0) {
            if (socket >= 0) ::close(socket);
            return;
        }
        const int on = 1;
        ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        const auto number = closed.size();
        closed.emplace_back();
        sockets.push_back(::dup(socket));
        auto& mine = *interrupts.emplace_back(std::make_unique<Interrupt>());
        threads.emplace_back([this, socket, number, &mine] { converse(socket, number, mine); });
        changed.notify_all();
    }
}

void FakeUpstream::State::converse(int socket, std::size_t number, Interrupt& mine)
{
    interrupt = &mine;
    Peer peer(socket);
    bool gateway_closed = false;
    while (true) {
        if (!(reads == Reads::heads ? peer.read_head() : peer.read_request())) {
            gateway_closed = true;
            break;
        }
        {
            std::lock_guard lock(mutex);
            heads.push_back(peer.head());
            bodies.push_back(peer.body());
            changed.notify_all();
        }
        if (!reply(peer)) {
            gateway_closed = peer.open_ && other_side_gone(socket);
            break;
        }
    }
    std::lock_guard lock(mutex);
    if (gateway_closed) closed[number] = std::chrono::steady_clock::now();
    peer.close();
    // The duplicate kept for the destructor would hold the connection open.
    ::close(std::exchange(sockets[number], -1));
    changed.notify_all();
}

FakeUpstream::FakeUpstream(Reply reply, Reads reads) : state_(std::make_shared<State>())
{
    state_->reads = reads;
    state_->reply = std::move(reply);
    state_->listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(state_->listener, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(state_->listener, 128) != 0)
        throw std::runtime_error("fake upstream: cannot listen");
    ::getsockname(state_->listener, reinterpret_cast<sockaddr*>(&address), &size);
    state_->port = ntohs(address.sin_port);
    state_->acceptor = std::thread([state = state_.get()] { state->accept_loop(); });
}

FakeUpstream::~FakeUpstream()
{
    {
        std::lock_guard lock(state_->mutex);
        state_->over = true;
        ::shutdown(state_->listener, SHUT_RDWR);
        for (auto& one : state_->interrupts) {
            std::lock_guard inner(one->mutex);
            one->over = true;
            one->changed.notify_all();
        }
        for (const int socket : state_->sockets)
            if (socket >= 0) ::shutdown(socket, SHUT_RDWR);
    }
    state_->acceptor.join();
    ::close(state_->listener);
    for (auto& thread : state_->threads) thread.join();
}

std::string FakeUpstream::url() const
{
    return "http://127.0.0.1:" + std::to_string(state_->port) + "/v1";
}

int FakeUpstream::requests() const
{
    std::lock_guard lock(state_->mutex);
    return static_cast<int>(state_->heads.size());
}

int FakeUpstream::connections() const
{
    std::lock_guard lock(state_->mutex);
    return static_cast<int>(state_->closed.size());
}

std::string FakeUpstream::head(int n) const
{
    std::lock_guard lock(state_->mutex);
    return state_->heads.at(static_cast<std::size_t>(n));
}

std::string FakeUpstream::body(int n) const
{
    std::lock_guard lock(state_->mutex);
    return state_->bodies.at(static_cast<std::size_t>(n));
}

std::optional<SteadyTime> FakeUpstream::closed(int n, milliseconds span) const
{
    std::unique_lock lock(state_->mutex);
    const auto index = static_cast<std::size_t>(n);
    const auto has_closed = [&] { return state_->closed.size() > index && state_->closed[index]; };
    state_->changed.wait_for(lock, span, has_closed);
    return has_closed() ? state_->closed[index] : std::nullopt;
}

}  // namespace sluice::test
