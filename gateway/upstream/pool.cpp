#include "upstream/pool.hpp"

#include "core/append.hpp"
#include "core/digest.hpp"
#include "core/poller.hpp"
#include "upstream/connection.hpp"
#include "upstream/resolver.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <algorithm>
#include <atomic>
#include <utility>
#include <vector>

namespace sluice {

/// Over all identities: max_idle bounds each, but callers may bring any number of keys.
constexpr std::size_t most_idle = 1024;

namespace {

/// Counted by the pool's worker, read by the thread that serves the metrics.
class Count {
public:
    void add(std::ptrdiff_t change)
    {
        count_.store(get() + static_cast<std::size_t>(change), std::memory_order_relaxed);
    }
    std::size_t get() const { return count_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::size_t> count_{0};
};

}  // namespace

struct Pool::State {
    struct Idle {
        std::unique_ptr<Connection> connection;
        TimePoint since;
    };

    State(
        asio::io_context& context, DeadlineTimer& deadlines, Resolver& names, TlsClient& tls_client
    )
        : timer(deadlines),
          resolver(names),
          tls(tls_client),
          poller(asio::use_service<Poller>(context)),
          sweep_watch(deadlines, [this] { sweep(); })
    {
    }

    /// What a connection is filed under: origin and identity. Valid until the next call.
    const std::string& key_of(const Endpoint& endpoint);
    std::unique_ptr<Connection> take_idle(const std::string& key, TimePoint now);
    void sweep();

    DeadlineTimer& timer;
    Resolver& resolver;
    TlsClient& tls;
    PoolConfig config;
    Poller& poller;
    boost::unordered_flat_map<std::string, std::vector<Idle>>
        lists;            // each in the order of its release
    std::string scratch;  // the key being looked up, in memory that is reused
    bool sweeping = false;
    Watch sweep_watch;
    Count idle;
    Count in_use;
};

const std::string& Pool::State::key_of(const Endpoint& endpoint)
{
    const auto& origin = endpoint.origin;
    const auto high = static_cast<char>(origin.port >> 8);
    const auto low = static_cast<char>(origin.port & 0xff);
    scratch.clear();
    append_all(scratch, origin.tls ? 's' : '-', high, low, origin.host);
    if (endpoint.own_key) {
        const auto digest = sha256(endpoint.api_key);
        scratch += '\0';
        scratch.append(digest.begin(), digest.end());
    }
    return scratch;
}

std::unique_ptr<Connection> Pool::State::take_idle(const std::string& key, TimePoint now)
{
    const auto found = lists.find(key);
    if (found == lists.end()) return nullptr;
    auto& list = found->second;
    const auto oldest = now - config.idle_timeout;
    while (!list.empty()) {
        auto candidate = std::move(list.back());
        list.pop_back();
        idle.add(-1);
        if (candidate.since > oldest && candidate.connection->is_alive(poller.knows_all()))
            return std::move(candidate.connection);
    }
    return nullptr;
}

void Pool::State::sweep()
{
    const auto now = Clock::now();
    auto next = TimePoint::max();
    boost::unordered::erase_if(lists, [&](auto& entry) {
        auto& list = entry.second;
        const auto young = std::ranges::find_if(list, [&](const Idle& connection) {
            return after(connection.since, config.idle_timeout) > now;
        });
        idle.add(list.begin() - young);
        list.erase(list.begin(), young);
        if (!list.empty()) next = std::min(next, after(list.front().since, config.idle_timeout));
        return list.empty();
    });
    sweeping = next != TimePoint::max();
    if (sweeping) sweep_watch.arm(next);
}

Pool::Pool(asio::io_context& context, DeadlineTimer& timer, Resolver& resolver, TlsClient& tls)
    : state_(std::make_unique<State>(context, timer, resolver, tls))
{
}

Pool::~Pool() = default;

std::unique_ptr<Connection> Pool::take_idle(const Endpoint& endpoint, TimePoint now)
{
    auto& state = *state_;
    auto connection = state.take_idle(state.key_of(endpoint), now);
    if (connection) state.in_use.add(1);
    return connection;
}

Task<Result<std::unique_ptr<Connection>>> Pool::connect(
    const Endpoint& endpoint, TimePoint deadline
)
{
    co_await asio::this_coro::throw_if_cancelled(false);
    auto& state = *state_;
    const auto key = state.key_of(endpoint);
    const auto& origin = endpoint.origin;
    const auto addresses = co_await state.resolver.resolve(origin.host, origin.port, deadline);
    if (!addresses) co_return std::unexpected(addresses.error());
    auto opened =
        co_await Connection::open(origin, key, *addresses, state.timer, state.tls, deadline);
    if (opened) state.in_use.add(1);
    co_return opened;
}

void Pool::release(std::unique_ptr<Connection> connection)
{
    auto& state = *state_;
    state.in_use.add(-1);
    if (!connection->recycle()) return;
    auto& list = state.lists[connection->key()];
    if (std::cmp_greater_equal(list.size(), state.config.max_idle)) return;
    if (state.idle.get() >= most_idle) return;
    const auto now = EventTime::get();
    list.push_back({std::move(connection), now});
    state.idle.add(1);
    if (!state.sweeping) {
        state.sweeping = true;
        state.sweep_watch.arm(after(now, state.config.idle_timeout));
    }
}

void Pool::configure(const PoolConfig& config)
{
    state_->config = config;
    state_->sweep();
}

void Pool::close_idle()
{
    state_->lists.clear();
    state_->idle.add(-static_cast<std::ptrdiff_t>(state_->idle.get()));
}

std::size_t Pool::idle() const
{
    return state_->idle.get();
}
std::size_t Pool::in_use() const
{
    return state_->in_use.get();
}

}  // namespace sluice
