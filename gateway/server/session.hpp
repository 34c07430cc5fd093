#pragma once

#include "config/config.hpp"
#include "core/task.hpp"
#include "server/chunk_decoder.hpp"
#include "server/client_socket.hpp"
#include "server/handler.hpp"
#include "server/head_guard.hpp"
#include "server/listener.hpp"
#include "server/responder.hpp"

#include <boost/asio/cancellation_signal.hpp>
#include <boost/intrusive/list.hpp>

#include <atomic>
#include <exception>
#include <memory>
#include <string>
#include <vector>

namespace sluice {

class Session;
using SessionHook =
    boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

/// What the sessions of one listener share; outlives the last of them.
struct SessionContext {
    DeadlineTimer& timer;
    ServerConfig config;
    Handler& handler;
    FrontDoorCounters& counters;
    ConnectionCount& connections;
    HttpDate date{};
    bool draining = false;
    std::atomic<std::size_t> open_sessions{0};  // read by other threads
};

/// One client connection: reads a request, hands it to the handler, and begins anew. It owns itself
/// while its coroutine lasts.
class Session : public SessionHook, public std::enable_shared_from_this<Session> {
public:
    Session(std::shared_ptr<SessionContext> context, TcpSocket socket);
    ~Session();

    void start(Executor executor);
    /// Ends the session once no request is under way. The context says draining already.
    void drain();
    /// Cancels the handler, whose last words still go out; without one, breaks the connection off.
    void stop();

private:
    Task<void> run();
    void begin_rest();
    bool is_to_rest() const;
    Task<bool> serve();
    Task<Reading> read_head(std::size_t& end);
    Reading take_head(std::size_t end);
    Task<Reading> read_more_of_head(TimePoint deadline);

    void end_handling(const HttpResponder& responder, const std::exception_ptr& thrown);
    Task<void> refuse(const HeadRefusal& refusal, Framing framing);
    Task<void> linger();

    void client_spoke();
    void cancel_handler();

    const std::shared_ptr<SessionContext> context_;
    asio::cancellation_signal signal_;  // cancels the coroutine
    ClientSocket client_;
    Watch insist_;           // repeats the cancellation until the handler has ended
    std::string input_;      // what came and was not yet read as a request
    std::string head_text_;  // of the current request
    RequestHead head_;       // the same, taken apart: views into it
    std::string output_;     // heads and chunk sizes in the making
    bool resting_ = false;   // between requests
    bool handling_ = false;  // the handler runs
    bool stopped_ = false;   // told to end now
};

}  // namespace sluice
