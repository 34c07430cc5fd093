#include "config/completion.hpp"

#include "config/addresses.hpp"
#include "core/error.hpp"

#include <algorithm>

namespace sluice {
namespace {

template <class T>
bool has(const std::vector<T>& members, std::string_view name)
{
    return std::ranges::find(members, name, &T::name) != members.end();
}

/// Has a key or needs none, as a server on this machine does not.
bool works(const ProviderConfig& provider)
{
    return !provider.api_key.empty() || !provider.dialect.require_key || provider.type == "mock" ||
           is_loopback_url(provider.base_url);
}

ProviderConfig demo_provider(std::string name, std::string model)
{
    ProviderConfig provider;
    provider.name = std::move(name);
    provider.type = "mock";
    provider.default_model = std::move(model);
    provider.retry.base_delay = 50ms;
    provider.retry.max_delay = 200ms;
    provider.breaker.min_requests = 3;
    provider.breaker.open_time = 10s;
    return provider;
}

template <class T>
void add_unless_there(std::vector<T>& members, T member, std::string_view section, Places& places)
{
    if (has(members, member.name)) return;
    places[concat(section, ".", member.name)] = {"command line --demo", 0, 0};
    members.push_back(std::move(member));
}

}  // namespace

void complete_providers(Config& config, std::span<const std::string> provider_types)
{
    if (config.providers.empty())
        for (const auto* name : {"openai", "mistral", "anthropic", "gemini"})
            config.providers.emplace_back().name = name;
    for (auto& provider : config.providers)
        if (provider.type.empty() && std::ranges::count(provider_types, provider.name) > 0)
            provider.type = provider.name;
}

void add_demo(Config& config, bool listen_given, Places& places)
{
    config.demo = true;
    if (!listen_given) {
        config.server.listen = ServerConfig{}.listen;
        places.erase("server.listen");
    }
    if (!places.contains("server.drain_delay")) {
        config.server.drain_delay = milliseconds(0);  // nobody balances load over a demo
        places["server.drain_delay"] = {"command line --demo", 0, 0};
    }
    if (!places.contains("state.store")) {
        config.state.store = StateStore::memory;
        places["state.store"] = {"command line --demo", 0, 0};
    }
    add_unless_there(config.providers, demo_provider("mock", "echo"), "providers", places);
    add_unless_there(
        config.providers, demo_provider("mock_failing", "fail-503"), "providers", places
    );
    RouteConfig route;
    route.name = "auto";
    route.targets = {{"mock_failing", "fail-503", 1}, {"mock", "echo", 1}};
    add_unless_there(config.routes, std::move(route), "routes", places);
}

void complete_state_path(Config& config, const Variables& variables, Places& places)
{
    auto& path = config.state.path;
    if (!path.empty()) return;
    path = "data/sluice.db";
    const auto given = variables.find("STATE_DIRECTORY");
    if (given == variables.end() || given->second.value.empty()) return;
    const auto& directories = given->second.value;  // one for each StateDirectory=
    path = concat(directories.substr(0, directories.find(':')), "/sluice.db");
    places["state.path"] = given->second.place;
}

void add_auto_route(Config& config)
{
    if (has(config.routes, "auto") || has(config.providers, "auto")) return;
    RouteConfig route;
    route.name = "auto";
    const bool any = std::ranges::any_of(config.providers, works);
    for (const auto& provider : config.providers)
        if (!any || works(provider)) route.targets.push_back({provider.name, "", 1});
    config.routes.push_back(std::move(route));
}

}  // namespace sluice
