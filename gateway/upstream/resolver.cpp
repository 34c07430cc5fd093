#include "upstream/resolver.hpp"

#include "upstream/cancellation.hpp"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/post.hpp>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <map>
#include <mutex>
#include <netdb.h>
#include <optional>
#include <thread>

namespace sluice {
namespace {

using Addresses = Resolver::Addresses;
using Endpoints = Resolver::Endpoints;

/// One task that waits for a lookup. All but its place in the list belongs to its worker.
struct Waiter {
    explicit Waiter(const Executor& executor) : alarm(executor) {}

    asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Executor> alarm;
    std::optional<Result<Addresses>> answer;
};

/// What is known of one host.
struct Entry {
    Result<Addresses> answer;
    TimePoint fresh_until = TimePoint::min();
    TimePoint usable_until = TimePoint::min();  ///< of addresses that are no longer fresh
    bool looking_up = false;
    std::vector<std::shared_ptr<Waiter>> waiters;
};

Endpoints with_port(const Addresses& addresses, std::uint16_t port)
{
    Endpoints endpoints;
    endpoints.reserve(addresses.size());
    for (const auto& address : addresses) endpoints.emplace_back(address, port);
    return endpoints;
}

Result<Endpoints> with_port(const Result<Addresses>& answer, std::uint16_t port)
{
    if (!answer) return std::unexpected(answer.error());
    return with_port(*answer, port);
}

}  // namespace

struct Resolver::State {
    explicit State(Options given) : options(std::move(given)) {}

    const Options options;
    std::mutex mutex;
    std::condition_variable work;
    std::deque<std::string> queue;
    std::map<std::string, Entry> hosts;  // as many as the configuration names
    bool stopping = false;

    /// The answer, where one is at hand; else nullopt, with the waiter in the list.
    std::optional<Result<Addresses>> ask(
        const std::string& host, const std::shared_ptr<Waiter>& waiter
    );
    void leave(const std::string& host, const std::shared_ptr<Waiter>& waiter);
    void learn(const std::string& host, Result<Addresses> answer);
    void run();
};

std::optional<Result<Addresses>> Resolver::State::ask(
    const std::string& host, const std::shared_ptr<Waiter>& waiter
)
{
    const auto now = options.now();
    const std::lock_guard lock(mutex);
    auto& entry = hosts[host];
    if (now < entry.fresh_until) return entry.answer;
    if (!entry.looking_up) {
        entry.looking_up = true;
        queue.push_back(host);
        work.notify_one();
    }
    if (now < entry.usable_until) return entry.answer;
    entry.waiters.push_back(waiter);
    return std::nullopt;
}

void Resolver::State::leave(const std::string& host, const std::shared_ptr<Waiter>& waiter)
{
    const std::lock_guard lock(mutex);
    std::erase(hosts[host].waiters, waiter);
}

void Resolver::State::learn(const std::string& host, Result<Addresses> answer)
{
    const auto now = options.now();
    const std::lock_guard lock(mutex);
    auto& entry = hosts[host];
    entry.looking_up = false;
    if (answer) {
        entry.answer = std::move(answer);
        entry.fresh_until = after(now, positive_ttl);
        entry.usable_until = after(now, stale_ttl);
    } else {
        if (now >= entry.usable_until) entry.answer = std::move(answer);
        entry.fresh_until = after(now, negative_ttl);
    }
    // Under the lock, because a waiter that has not left yet keeps its worker's context alive.
    for (auto& waiter : std::exchange(entry.waiters, {})) {
        auto executor = waiter->alarm.get_executor();
        asio::post(executor, [waiter = std::move(waiter), found = entry.answer] {
            waiter->answer = found;
            waiter->alarm.cancel();
        });
    }
}

void Resolver::State::run()
{
    for (;;) {
        std::unique_lock lock(mutex);
        work.wait(lock, [&] { return stopping || !queue.empty(); });
        if (stopping) return;
        const auto host = std::move(queue.front());
        queue.pop_front();
        lock.unlock();
        learn(host, options.lookup(host));
    }
}

Resolver::Resolver(Options options) : state_(std::make_shared<State>(std::move(options)))
{
    // Detached: a lookup in progress must not hold up the end of the process.
    for (int i = 0; i < state_->options.threads; ++i)
        std::thread([state = state_] { state->run(); }).detach();
}

Resolver::~Resolver()
{
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
    state_->work.notify_all();
}

Task<Result<Endpoints>> Resolver::resolve(
    const std::string& host, std::uint16_t port, TimePoint deadline
)
{
    co_await asio::this_coro::throw_if_cancelled(false);
    boost::system::error_code no_address;
    const auto literal = asio::ip::make_address(host, no_address);
    if (!no_address) co_return Endpoints{{literal, port}};

    const Executor executor = co_await asio::this_coro::executor;
    const auto waiter = std::make_shared<Waiter>(executor);
    if (const auto known = state_->ask(host, waiter)) co_return with_port(*known, port);

    struct Place {
        State& state;
        const std::string& host;
        const std::shared_ptr<Waiter>& waiter;
        ~Place() { state.leave(host, waiter); }
    } const place{*state_, host, waiter};
    if (must_end(co_await asio::this_coro::cancellation_state))
        co_return fail(ErrorKind::cancelled, "cancelled before the name was looked up");
    waiter->alarm.expires_at(deadline);
    const auto [woken] = co_await waiter->alarm.async_wait(no_throw);
    if (waiter->answer) co_return with_port(*waiter->answer, port);
    if (woken) co_return fail(ErrorKind::cancelled, concat("cancelled while looking up ", host));
    co_return fail(ErrorKind::connect_timeout, concat(host, ": its address was not found in time"));
}

Result<Addresses> Resolver::system_lookup(const std::string& host)
{
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (const int error = getaddrinfo(host.c_str(), nullptr, &hints, &found)) {
        const auto* reason = error == EAI_SYSTEM ? std::strerror(errno) : gai_strerror(error);
        return fail(ErrorKind::unreachable, concat(host, ": no address: ", reason));
    }
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owner(found, &freeaddrinfo);

    Addresses addresses;
    for (const auto* info = found; info; info = info->ai_next) {
        asio::ip::tcp::endpoint endpoint;
        if (info->ai_addrlen > endpoint.capacity()) continue;
        std::memcpy(endpoint.data(), info->ai_addr, info->ai_addrlen);
        endpoint.resize(info->ai_addrlen);
        addresses.push_back(endpoint.address());
    }
    if (addresses.empty()) return fail(ErrorKind::unreachable, concat(host, ": no address"));
    return addresses;
}

}  // namespace sluice
