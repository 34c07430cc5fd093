#include "support/test_gateway.hpp"

#include "telemetry/log.hpp"

#include <cstdlib>

namespace sluice::test {

using namespace std::chrono_literals;

namespace {

/// A line for every request would bury what a failing test says.
[[maybe_unused]] const bool quiet = (set_log_level("error"), true);

}  // namespace

Config test_config(const std::vector<Upstream>& upstreams)
{
    Config config;
    config.server.listen = {"127.0.0.1:0"};
    config.server.workers = 1;
    config.log.level = "error";
    config.state.store = StateStore::memory;
    RouteConfig route;
    route.name = "auto";
    for (const auto& [name, url] : upstreams) {
        ProviderConfig provider;
        provider.name = name;
        provider.type = "openai_compatible";
        provider.base_url = url;
        provider.api_key = "sk-upstream-" + name;
        provider.default_model = "fake-model";
        provider.default_embedding_model = "fake-embedding";
        provider.retry.base_delay = 1ms;
        provider.retry.max_delay = 5ms;
        config.providers.push_back(provider);
        route.targets.push_back({.provider = name, .model = "fake-model"});
    }
    config.routes.push_back(route);
    return config;
}

TestGateway::TestGateway(Config config) : gateway_(std::make_unique<Gateway>(std::move(config)))
{
    gateway_->start();
}

TestGateway::TestGateway(
    const std::vector<Upstream>& upstreams, const std::function<void(Config&)>& change
)
{
    auto config = test_config(upstreams);
    if (change) change(config);
    gateway_ = std::make_unique<Gateway>(std::move(config));
    gateway_->start();
}

TestGateway::~TestGateway()
{
    gateway_->stop();
}

std::uint16_t TestGateway::port() const
{
    return gateway_->addresses().front().port();
}

double TestGateway::metric(std::string_view series)
{
    const auto text = metrics();
    const auto line = "\n" + std::string(series) + " ";
    const auto at = text.find(line);
    return at == std::string::npos ? 0 : std::atof(text.c_str() + at + line.size());
}

std::string chat_body(const std::string& more)
{
    return R"({"messages":[{"role":"user","content":"hi"}])" + (more.empty() ? "" : "," + more) +
           "}";
}

}  // namespace sluice::test
