#include "upstream/pools.hpp"

#include "unit/upstream/client.hpp"
#include "unit/upstream/scripted_server.hpp"

#include <gtest/gtest.h>

namespace sluice::test {
namespace {

ProviderConfig provider(std::string name, std::string ca_file = {})
{
    ProviderConfig config;
    config.name = std::move(name);
    config.ca_file = std::move(ca_file);
    return config;
}

struct PoolsTest : testing::Test {
    Client client;
    TlsClients tls;
    Pools pools{client.context, client.timer, client.resolver, tls};

    bool reused(const ProviderConfig& config, const Endpoint& endpoint)
    {
        auto task = [](Pool& pool, Endpoint to) -> Task<Result<bool>> {
            auto exchange = co_await Exchange::start(pool, to, post(), patient());
            if (!exchange) co_return std::unexpected(exchange.error());
            co_return exchange->reused();
        };
        return client.run(task(pools.of(config), endpoint)).value();
    }
};

TEST_F(PoolsTest, providers_share_no_connection)
{
    const auto answer_all = [](Peer& peer) {
        while (!peer.read_request().empty())
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    };
    ScriptedServer server(answer_all, answer_all);
    const std::vector providers{provider("a"), provider("b")};
    pools.configure(providers);
    EXPECT_FALSE(reused(providers[0], endpoint_at(server.port())));
    EXPECT_FALSE(reused(providers[1], endpoint_at(server.port())));
    EXPECT_TRUE(reused(providers[0], endpoint_at(server.port())));
    std::map<std::string, Pools::Count> counts;
    pools.count(counts);
    for (const auto* name : {"a", "b"}) {
        EXPECT_EQ(counts[name].idle, 1u);
        EXPECT_EQ(counts[name].in_use, 0u);
    }
    for (const auto& one : providers) pools.of(one).close_idle();
}

TEST_F(PoolsTest, reload_keeps_the_pool_unless_other_certificates_are_trusted)
{
    const std::vector before{provider("a", authority().file())};
    pools.configure(before);
    auto& pool = pools.of(before[0]);
    pools.configure(before);
    EXPECT_EQ(&pools.of(before[0]), &pool);

    const TestAuthority other;
    const std::vector after_reload{provider("a", other.file())};
    pools.configure(after_reload);
    EXPECT_NE(&pools.of(after_reload[0]), &pool);
    EXPECT_EQ(&pools.of(before[0]), &pool);  // a request that began before the reload still has it
}

TEST_F(PoolsTest, authority_file_that_is_none_is_refused)
{
    const std::vector providers{provider("a", "/nonexistent/ca.pem")};
    EXPECT_THROW(pools.configure(providers), std::exception);
}

}  // namespace
}  // namespace sluice::test
