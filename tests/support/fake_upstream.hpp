#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::test {

using std::chrono::milliseconds;

/// One connection to the fake, from the provider's side: read a request, send what you like.
class Peer {
public:
    explicit Peer(int socket) : socket_(socket) {}

    /// The next request, head and body; false where the gateway closed instead.
    bool read_request();
    const std::string& head() const { return head_; }
    /// Without the chunks it may have come in.
    const std::string& body() const { return body_; }
    /// Bytes as they come, for scripts that read the body themselves; empty: the end.
    std::string read_some();

    bool send(std::string_view bytes);
    void pause(milliseconds span);  ///< ends early when the fake is destroyed
    void reset();                   ///< RST instead of an orderly end
    void close();
    /// True where the gateway closed the connection within the span.
    bool closed_within(milliseconds span);

private:
    friend class FakeUpstream;
    int socket_;
    std::string buffer_, head_, body_;
    bool open_ = true;

    bool more();
    bool read_head();
    bool read_sized_body(std::size_t size);
    bool read_chunked_body();
};

/// What the fake does with one request it has read. Returns false to close the connection.
using Reply = std::function<bool(Peer& peer)>;

// Replies, to be combined.
Reply status(int status, std::string body = "", std::string headers = "");
Reply json(std::string body);            ///< 200 with this body
Reply chat_answer(std::string content);  ///< a whole chat completion
Reply sse(
    std::vector<std::string> events, milliseconds gap = milliseconds(0)
);  ///< chunked, regular end
Reply chat_stream(std::vector<std::string> words, milliseconds gap = milliseconds(0));
Reply hang();     ///< reads, then silence
Reply reset();    ///< RST instead of an answer
Reply hang_up();  ///< closes instead of an answer
Reply raw(std::string bytes, bool keep_open = false);
/// The first replies in turn, then the last one for ever.
Reply in_turn(std::vector<Reply> replies);

// Pieces of a stream.
std::string chunk_event(std::string_view content);
std::string finish_event(std::string_view reason = "stop");
std::string usage_event(int prompt, int completion);
std::string stream_head();                    ///< 200, text/event-stream, chunked
std::string chunked(std::string_view bytes);  ///< one chunk of the transfer coding

/// A real server on a loopback port with a script: each request it reads is answered by the reply.
class FakeUpstream {
public:
    /// What has been read when a reply begins.
    enum class Reads { requests, heads };
    explicit FakeUpstream(Reply reply, Reads reads = Reads::requests);
    ~FakeUpstream();
    FakeUpstream(const FakeUpstream&) = delete;

    std::string url() const;        ///< http://127.0.0.1:<port>/v1
    int requests() const;           ///< read so far
    int connections() const;        ///< accepted so far
    std::string head(int n) const;  ///< of request n, from 0
    std::string body(int n) const;
    /// When the gateway closed the n-th connection (from 0), as long as it did within the span.
    std::optional<std::chrono::steady_clock::time_point> closed(int n, milliseconds span) const;

private:
    struct State;
    std::shared_ptr<State> state_;
};

}  // namespace sluice::test
