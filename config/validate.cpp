#include "config/validate.hpp"

#include "config/addresses.hpp"
#include "config/environment.hpp"
#include "config/settings.hpp"
#include "config/text_file.hpp"
#include "core/error.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>

namespace sluice {
namespace {

constexpr std::size_t max_ca_file = 4 << 20;

bool is_name(std::string_view text, std::string_view marks)
{
    const auto fits = [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || marks.contains(c);
    };
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, fits);
}

bool is_header_name(std::string_view text)
{
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("!#$%&'*+-.^_`|~").contains(c);
    };
    return !text.empty() && std::ranges::all_of(text, fits);
}

/// What may stand in a header's value: no control characters, no blanks at its ends.
bool is_header_value(std::string_view text)
{
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    return std::ranges::none_of(text, control) && !text.starts_with(' ') && !text.ends_with(' ');
}

bool is_sha256(std::string_view text)
{
    const auto hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    return text.size() == 64 && std::ranges::all_of(text, hex);
}

/// One text per name, so that two of the same are found.
class Unique {
public:
    /// The path that had it first; empty: it is new.
    std::string_view add(const std::string& value, const std::string& path)
    {
        const auto [entry, added] = first_.try_emplace(value, path);
        return added ? std::string_view() : entry->second;
    }

private:
    std::map<std::string, std::string> first_;
};

/// All values of a group in one text.
class Fingerprint {
public:
    template <class T>
    void setting(std::string_view, const T& member, std::string_view, const Rule& = {})
    {
        text += write_value(member);
    }
    std::string text;
};

bool is_default(const DialectOptions& dialect)
{
    Fingerprint given, standard;
    describe(given, dialect);
    const DialectOptions defaults;
    describe(standard, defaults);
    return given.text == standard.text;
}

class Validator {
public:
    Validator(
        const Config& config,
        std::span<const std::string> provider_types,
        const Places& places,
        Findings& findings,
        std::vector<std::string>& warnings
    )
        : config_(config),
          types_(provider_types),
          places_(places),
          findings_(findings),
          warnings_(warnings)
    {
        for (const auto& provider : config.providers) provider_names_.push_back(provider.name);
    }

    void run()
    {
        check_server();
        check_keys();
        for (std::size_t i = 0; i < config_.cors.origins.size(); ++i)
            if (auto complaint = check_cors_origin(config_.cors.origins[i]))
                found(indexed("cors.origins", i), std::move(*complaint));
        check_traces();
        check_names();
        for (const auto& provider : config_.providers) check_provider(provider);
        for (const auto& route : config_.routes) check_route(route);
    }

private:
    const Config& config_;
    std::span<const std::string> types_;
    const Places& places_;
    Findings& findings_;
    std::vector<std::string>& warnings_;
    std::vector<std::string> provider_names_;

    void found(const std::string& path, std::string message)
    {
        findings_.add(place_of(places_, path), path, std::move(message));
    }
    static std::string indexed(std::string_view path, std::size_t index)
    {
        return concat(path, "[", std::to_string(index), "]");
    }

    void check_server()
    {
        const auto& server = config_.server;
        if (server.listen.empty()) found("server.listen", "must name at least one address");
        Unique addresses;
        for (std::size_t i = 0; i < server.listen.size(); ++i) {
            const auto path = indexed("server.listen", i);
            const auto address = split_host_port(server.listen[i]);
            if (!address) {
                found(
                    path,
                    concat(
                        "\"",
                        server.listen[i],
                        "\" is no host:port, such as 127.0.0.1:8006 or [::1]:8006"
                    )
                );
                continue;
            }
            if (address->port != 0 && !addresses.add(server.listen[i], path).empty())
                found(path, concat(server.listen[i], " stands here twice"));
            if (!is_loopback(address->host) && config_.auth.keys.empty() &&
                !server.allow_insecure_listen)
                found(
                    path,
                    concat(
                        server.listen[i],
                        " can be reached from other machines, and nobody needs a key: add "
                        "auth.keys, or set "
                        "server.allow_insecure_listen: true"
                    )
                );
        }
    }

    void check_keys()
    {
        Unique names, digests;
        for (std::size_t i = 0; i < config_.auth.keys.size(); ++i) {
            const auto& key = config_.auth.keys[i];
            const auto path = indexed("auth.keys", i);
            if (key.name.empty())
                found(path + ".name", "is missing");
            else if (const auto first = names.add(key.name, path); !first.empty())
                found(
                    path + ".name", concat("\"", key.name, "\" is the name of ", first, " already")
                );
            if (key.tenant.empty()) found(path + ".tenant", "must not be empty");
            if (!is_sha256(key.sha256))
                found(
                    path + ".sha256",
                    "must be 64 lower-case hex digits: printf %s \"$KEY\" | sha256sum"
                );
            else if (const auto first = digests.add(key.sha256, path); !first.empty())
                found(path + ".sha256", concat("is the same key as ", first));
        }
    }

    void check_traces()
    {
        const auto& traces = config_.traces;
        if (!traces.endpoint.empty())
            if (auto complaint = check_base_url(traces.endpoint).complaint)
                found("traces.endpoint", std::move(*complaint));
        check_header_map(traces.headers, "traces.headers.");
        check_ca_file(traces.ca_file, "traces.ca_file");
        if (traces.service.empty()) found("traces.service", "must not be empty");
        for (std::size_t i = 0; i < traces.attributes.size(); ++i)
            if (const auto equals = traces.attributes[i].find('=');
                equals == std::string::npos || equals == 0)
                found(indexed("traces.attributes", i), "must be name=value");
            else if (traces.attributes[i].starts_with("service.name="))
                found(indexed("traces.attributes", i), "is the setting traces.service");
    }

    void check_names()
    {
        Unique prefixes;
        for (const auto& provider : config_.providers) {
            const auto path = concat("providers.", provider.name);
            if (!is_name(provider.name, "_-"))
                found(path, "the name must be 1 to 64 of a-z, 0-9, _ and -");
            else if (provider.name == "auto")
                found(path, "auto is the name of the default route");
            else if (const auto first = prefixes.add(variable_prefix(provider.name), path);
                     !first.empty())
                found(
                    path,
                    concat(
                        "would take the same environment variables as ",
                        first,
                        "; rename one of them"
                    )
                );
        }
        for (const auto& route : config_.routes) {
            const auto path = concat("routes.", route.name);
            if (!is_name(route.name, "_-."))  // as names of models are
                found(path, "the name must be 1 to 64 of a-z, 0-9, _, - and .");
            else if (std::ranges::count(provider_names_, route.name) > 0)
                found(path, "a provider has this name already");
        }
    }

    void check_provider(const ProviderConfig& provider)
    {
        const auto path = concat("providers.", provider.name);
        check_type(provider, path);
        check_base_url_of(provider, path);
        check_headers(provider, path);
        check_retry_and_breaker(provider, path);
        check_models(provider, path);
        check_ca_file(provider.ca_file, path + ".ca_file");
    }

    void check_ca_file(const std::string& file, const std::string& path)
    {
        if (file.empty()) return;
        if (const auto text = read_text_file(file, max_ca_file); !text)
            found(path, concat(file, " ", text.error()));
    }

    void check_type(const ProviderConfig& provider, const std::string& path)
    {
        std::string all;
        for (const auto& type : types_) all += concat(all.empty() ? "" : ", ", type);
        if (provider.type.empty())
            found(path, concat("has no type; it must be one of ", all));
        else if (std::ranges::count(types_, provider.type) == 0)
            found(
                path + ".type",
                concat(
                    "there is no type \"",
                    provider.type,
                    "\"",
                    did_you_mean(provider.type, types_),
                    "; types are ",
                    all
                )
            );
        else if (provider.type != "openai_compatible" && !is_default(provider.dialect))
            found(
                path + ".dialect", "only a provider of type openai_compatible has these settings"
            );
    }

    void check_base_url_of(const ProviderConfig& provider, const std::string& path)
    {
        // The demo's mock provider gets its address when its server listens.
        const bool must_have =
            provider.type == "openai_compatible" ||
            provider.type == "azure_openai" || (provider.type == "mock" && !config_.demo);
        if (provider.base_url.empty()) {
            if (must_have) found(path, concat("type ", provider.type, " needs a base_url"));
            return;
        }
        auto [complaint, insecure] = check_base_url(provider.base_url);
        if (complaint) found(path + ".base_url", std::move(*complaint));
        if (insecure)
            warnings_.push_back(concat(
                path, ".base_url: http to another machine: keys and prompts travel in the clear"
            ));
    }

    void check_header_value(const std::string& path, const std::string& value)
    {
        if (!is_header_value(value))
            found(
                path,
                "must not hold line breaks or other control characters, nor blanks at its ends"
            );
    }

    /// prefix: what stands before a header's name in its path.
    void check_header_map(const Headers& headers, const std::string& prefix)
    {
        constexpr std::array<std::string_view, 5> connection_headers{
            "host", "content-length", "connection", "transfer-encoding", "content-type"
        };
        for (const auto& [name, value] : headers) {
            const auto own = prefix + name;
            if (!is_header_name(name)) found(own, "is no name of a header");
            if (std::ranges::any_of(connection_headers, [&](auto taken) {
                    return iequals(name, taken);
                }))
                found(own, "the gateway sets this header itself");
            check_header_value(own, value);
        }
    }

    void check_headers(const ProviderConfig& provider, const std::string& path)
    {
        check_header_value(path + ".api_key", provider.api_key);
        check_header_value(path + ".organization", provider.organization);
        check_header_value(path + ".project", provider.project);
        check_header_map(provider.headers, path + ".headers.");
    }

    void check_retry_and_breaker(const ProviderConfig& provider, const std::string& path)
    {
        const auto order = [&](const char* lower,
                               milliseconds low,
                               const char* upper,
                               milliseconds high) {
            if (low > high)
                found(
                    concat(path, ".", lower),
                    concat(write_value(low), " is more than ", upper, " (", write_value(high), ")")
                );
        };
        const auto& [retry, breaker] = std::tie(provider.retry, provider.breaker);
        order("retry.base_delay", retry.base_delay, "retry.max_delay", retry.max_delay);
        order(
            "breaker.open_time", breaker.open_time, "breaker.max_open_time", breaker.max_open_time
        );
    }

    void check_models(const ProviderConfig& provider, const std::string& path)
    {
        Unique ids;
        for (std::size_t i = 0; i < provider.models.size(); ++i) {
            const auto own = indexed(path + ".models", i);
            const auto& id = provider.models[i].id;
            if (id.empty())
                found(own + ".id", "is missing");
            else if (const auto first = ids.add(id, own); !first.empty())
                found(own + ".id", concat("\"", id, "\" is the id of ", first, " already"));
        }
    }

    void check_route(const RouteConfig& route)
    {
        const auto path = concat("routes.", route.name);
        if (route.targets.empty()) found(path, "needs at least one target");
        Unique targets;
        for (std::size_t i = 0; i < route.targets.size(); ++i) {
            const auto own = indexed(path + ".targets", i);
            const auto& [provider, model, weight] = route.targets[i];
            if (provider.empty())
                found(own + ".provider", "is missing");
            else if (std::ranges::count(provider_names_, provider) == 0)
                found(
                    own + ".provider",
                    concat(
                        "there is no provider \"",
                        provider,
                        "\"",
                        did_you_mean(provider, provider_names_)
                    )
                );
            else if (const auto first = targets.add(concat(provider, "/", model), own);
                     !first.empty())
                found(own, concat("is the same target as ", first));
        }
    }
};

}  // namespace

void validate(
    const Config& config,
    std::span<const std::string> provider_types,
    const Places& places,
    Findings& findings,
    std::vector<std::string>& warnings
)
{
    Validator(config, provider_types, places, findings, warnings).run();
}

}  // namespace sluice
