#include "server/listener.hpp"

#include "server/session.hpp"
#include "telemetry/log.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/intrusive/list.hpp>

#include <sstream>
#include <sys/socket.h>

namespace sluice {
namespace {

using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor>;

constexpr milliseconds accept_pause{100};

std::string to_text(const asio::ip::tcp::endpoint& address)
{
    std::ostringstream out;
    out << address;
    return std::move(out).str();
}

/// True for errors that come back at once until something else is closed.
bool is_exhaustion(const boost::system::error_code& error)
{
    namespace errc = boost::system::errc;
    return error == errc::too_many_files_open || error == errc::too_many_files_open_in_system ||
           error == errc::no_buffer_space || error == errc::not_enough_memory;
}

}  // namespace

struct Listener::State : SessionContext {
    using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Executor>;

    State(
        asio::io_context& context,
        DeadlineTimer& shared_timer,
        const ServerConfig& server_config,
        Handler& request_handler,
        FrontDoorCounters& front_door,
        ConnectionCount& count
    )
        : SessionContext{shared_timer, server_config, request_handler, front_door, count},
          acceptor(context)
    {
    }

    Acceptor acceptor;
    asio::ip::tcp::endpoint address;
    boost::intrusive::list<Session, boost::intrusive::constant_time_size<false>> sessions;

    void open(const asio::ip::tcp::endpoint& wanted);
    void close();
    static Task<void> accept(std::shared_ptr<State> state);
    static void admit(const std::shared_ptr<State>& state, TcpSocket socket);
};

void Listener::State::open(const asio::ip::tcp::endpoint& wanted)
{
    try {
        acceptor.open(wanted.protocol());
        acceptor.set_option(Acceptor::reuse_address(true));
        const int on = 1;
        if (setsockopt(acceptor.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0)
            throw boost::system::system_error(errno, boost::system::system_category());
        acceptor.bind(wanted);
        acceptor.listen();
        address = acceptor.local_endpoint();
    } catch (const boost::system::system_error& error) {
        throw boost::system::system_error(error.code(), "cannot listen on " + to_text(wanted));
    }
}

void Listener::State::close()
{
    boost::system::error_code ignored;
    acceptor.close(ignored);
}

Task<void> Listener::State::accept(std::shared_ptr<State> state)
{
    bool exhausted = false;
    while (state->acceptor.is_open()) {
        auto [error, socket] = co_await state->acceptor.async_accept(no_throw);
        if (!error) {
            exhausted = false;
            admit(state, std::move(socket));
        } else if (is_exhaustion(error)) {
            if (!std::exchange(exhausted, true))
                LogLine(LogLevel::error, "cannot accept connections")
                    .text("address", to_text(state->address))
                    .text("reason", error.message())
                    .write();
            Timer pause(state->acceptor.get_executor(), accept_pause);
            co_await pause.async_wait(no_throw);
        }
    }
}

void Listener::State::admit(const std::shared_ptr<State>& state, TcpSocket socket)
{
    auto& connections = state->connections;
    if (++connections.open > state->config.max_connections) {
        --connections.open;
        ++connections.refused;
        return;
    }
    const auto session = std::make_shared<Session>(state, std::move(socket));
    state->sessions.push_back(*session);
    session->start(state->acceptor.get_executor());
}

Listener::Listener(
    asio::io_context& context,
    DeadlineTimer& timer,
    const asio::ip::tcp::endpoint& address,
    const ServerConfig& config,
    Handler& handler,
    FrontDoorCounters& counters,
    ConnectionCount& connections
)
    : state_(std::make_shared<State>(context, timer, config, handler, counters, connections))
{
    state_->open(address);
}

Listener::~Listener()
{
    stop();
}

void Listener::start()
{
    asio::co_spawn(state_->acceptor.get_executor(), State::accept(state_), asio::detached);
}

asio::ip::tcp::endpoint Listener::address() const
{
    return state_->address;
}

void Listener::drain()
{
    state_->draining = true;
    state_->close();
    for (auto it = state_->sessions.begin(); it != state_->sessions.end();) (it++)->drain();
}

void Listener::stop()
{
    state_->draining = true;
    state_->close();
    for (auto it = state_->sessions.begin(); it != state_->sessions.end();) (it++)->stop();
}

std::size_t Listener::sessions() const
{
    return state_->open_sessions;
}

}  // namespace sluice
