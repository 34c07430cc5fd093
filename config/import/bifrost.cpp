#include "config/addresses.hpp"
#include "config/import/bifrost_keys.hpp"
#include "config/import/foreign.hpp"
#include "config/import/import.hpp"
#include "config/import/units.hpp"
#include "core/error.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace sluice {
namespace {

constexpr std::string_view variable_prefix = "env.";

/// What one name of a model leads to, over all keys of a provider.
struct NamedModel {
    std::string name;
    std::vector<DraftTarget> targets;
};

class BifrostReader {
public:
    BifrostReader(const YamlNode& root, ImportDraft& draft)
        : draft_(draft), report_(draft.report), root_(&root, "", draft.report)
    {
    }

    void run()
    {
        auto providers = root_.map("providers");
        for (const auto& member : providers.members())
            read_provider(
                member.key, ForeignMap(&member.value, providers.path(member.key), report_)
            );
        read_governance(root_.map("governance"));
        read_client(root_.map("client"));
        root_.rest(bifrost::root_known);
    }

private:
    ImportDraft& draft_;
    ImportReport& report_;
    ForeignMap root_;
    std::map<std::string, std::string> tenants_;  ///< name -> whose it is

    /// "env.X", "sk-...", or a map that says which of them it is.
    std::string value_of(ForeignMap& map, std::string_view key)
    {
        const auto* node = map.take(key);
        if (!node || node->kind == YamlNode::Kind::scalar) return node ? node->text : "";
        ForeignMap described(node, map.path(key), report_);
        const auto variable = described.text("env_var").value_or("");
        const auto value = described.text("value").value_or("");
        described.take("from_env");
        described.take("type");
        described.rest();
        if (variable.empty()) return value;
        return variable.starts_with(variable_prefix) ? variable : concat(variable_prefix, variable);
    }

    void read_provider(const std::string& word, ForeignMap provider)
    {
        auto network = provider.map("network_config");
        auto custom = provider.map("custom_provider_config");
        const auto base_type = custom.text("base_provider_type");
        custom.take("is_custom_provider");
        ForeignConnection connection;
        connection.path = provider.path();
        connection.provider = base_type.value_or(word);
        connection.base_url = value_of(network, "base_url");
        connection.variable_prefix = variable_prefix;
        connection.versionless = true;
        std::vector<NamedModel> models;
        const auto keys = provider.list("keys");
        for (std::size_t i = 0; i < keys.size(); ++i) {
            ForeignMap key(&keys[i], indexed(provider.path("keys"), i), report_);
            read_key(word, connection, key, network, base_type.has_value(), models);
        }
        if (keys.empty()) {
            const YamlNode none;
            ForeignMap key(&none, provider.path(), report_);
            read_key(word, connection, key, network, base_type.has_value(), models);
        }
        for (const std::string_view key :
             {"extra_headers",
              "default_request_timeout_in_seconds",
              "max_retries",
              "retry_backoff_initial",
              "retry_backoff_max",
              "retry_backoff_initial_ms",
              "retry_backoff_max_ms",
              "stream_idle_timeout_in_seconds"})
            network.take(key);
        custom.take("is_key_less");
        custom.rest();
        network.rest(bifrost::network_known);
        provider.rest(bifrost::provider_known);
        add_routes(word, provider.path(), std::move(models), keys.size());
    }

    void read_key(
        const std::string& word,
        ForeignConnection connection,
        ForeignMap& key,
        ForeignMap& network,
        bool custom,
        std::vector<NamedModel>& models
    )
    {
        connection.path = key.path();
        connection.key = value_of(key, "value");
        connection.key_path = key.path("value");
        key.take("name");
        key.take("id");
        if (!key.flag("enabled").value_or(true))
            return report_.left_out(key.path("enabled"), "the key is switched off");
        auto azure = key.map("azure_key_config");
        read_address(key, azure, connection);
        const auto weight = key.number("weight", 0, 1'000'000).value_or(1);
        auto draft = connect(connection, report_);
        if (!draft) return;
        if (custom) draft->wish = word;
        read_network(network, *draft);
        read_models(key, azure, {draft_.add(std::move(*draft)), "", weight}, models);
        for (const std::string_view secret : {"client_id", "client_secret", "tenant_id", "scopes"})
            azure.leave(secret, "a token of Entra goes into the key's variable");
        azure.rest();
        key.rest(bifrost::key_known);
    }

    void read_address(ForeignMap& key, ForeignMap& azure, ForeignConnection& connection)
    {
        if (const auto endpoint = value_of(azure, "endpoint"); !endpoint.empty())
            connection.base_url = endpoint;
        connection.api_version = value_of(azure, "api_version");
        for (const std::string_view server :
             {"ollama_key_config", "vllm_key_config", "sgl_key_config"}) {
            auto described = key.map(server);
            if (const auto url = value_of(described, "url"); !url.empty())
                connection.base_url = url;
            described.rest();
        }
    }

    void read_network(ForeignMap& network, DraftProvider& draft)
    {
        auto& config = draft.config;
        auto& timeouts = config.timeouts;
        if (const auto most =
                network.number("default_request_timeout_in_seconds", 0.001, max_seconds)) {
            timeouts.response = timeouts.first_token = seconds_to_duration(*most);
            timeouts.total = std::max(timeouts.total, timeouts.response);
        }
        if (const auto idle = network.number("stream_idle_timeout_in_seconds", 0.001, max_seconds))
            timeouts.between_tokens = seconds_to_duration(*idle);
        auto& retry = config.retry;
        if (const auto retries = whole(network, "max_retries", 0, 19))
            retry.max_attempts = *retries + 1;
        for (const std::string_view key : {"retry_backoff_initial", "retry_backoff_initial_ms"})
            if (const auto wait = network.number(key, 0, 60'000))
                retry.base_delay = milliseconds(static_cast<int>(*wait));
        for (const std::string_view key : {"retry_backoff_max", "retry_backoff_max_ms"})
            if (const auto wait = network.number(key, 0, 600'000))
                retry.max_delay = milliseconds(static_cast<int>(*wait));
        retry.max_delay = std::max(retry.max_delay, retry.base_delay);
        auto headers = network.map("extra_headers");
        for (const auto& member : headers.members())
            add_header(
                draft,
                headers.path(member.key),
                member.key,
                member.value.text,
                variable_prefix,
                report_
            );
    }

    /// name -> the provider's own name for it, of every model that the key lists.
    void read_models(
        ForeignMap& key,
        ForeignMap& azure,
        const DraftTarget& target,
        std::vector<NamedModel>& models
    )
    {
        std::vector<std::pair<std::string, std::string>> named;
        const auto add = [&](const std::string& name, const std::string& model) {
            const auto known =
                std::ranges::find(named, name, [](auto& each) { return each.first; });
            if (known == named.end())
                named.emplace_back(name, model);
            else
                known->second = model;
        };
        for (const auto& model : key.list("models"))
            if (!model.text.empty() && model.text != "*") add(model.text, model.text);
        for (auto aliases : {key.map("aliases"), azure.map("deployments")})
            for (const auto& [name, line, column, model] : aliases.members())
                if (model.text.empty())
                    report_.left_out(aliases.path(name), "is no name of a model");
                else
                    add(name, model.text);
        for (const auto& [name, model] : named) {
            draft_.offer(target.provider, model);
            auto known = std::ranges::find(models, name, &NamedModel::name);
            if (known == models.end()) known = models.insert(known, NamedModel{name, {}});
            if (target.weight > 0)
                known->targets.push_back({target.provider, model, target.weight});
        }
    }

    /// openai/gpt-4o needs no route where one key serves it under that name.
    void add_routes(
        const std::string& word,
        const std::string& path,
        std::vector<NamedModel> models,
        std::size_t keys
    )
    {
        if (keys > 1)
            report_.changed(
                concat(path, ".keys"),
                "a provider has one key: each further one is a provider of its own, and routes "
                "share "
                "the models that are listed"
            );
        for (auto& [name, targets] : models) {
            DraftRoute route;
            route.path = path;
            route.name = concat(word, "/", name);
            route.strategy = targets.size() > 1 ? Strategy::weighted : Strategy::fallback;
            if (targets.size() == 1) targets[0].weight = 1;
            route.targets = std::move(targets);
            route.about = concat(path, ": ", name);
            draft_.add(std::move(route));
        }
    }

    void read_governance(ForeignMap governance)
    {
        std::map<std::string, const YamlNode*> limits;
        for (const auto& limit : governance.list("rate_limits")) {
            ImportReport unseen;
            ForeignMap described(&limit, "", unseen);
            if (const auto id = described.text("id")) limits[*id] = &limit;
        }
        const auto keys = governance.list("virtual_keys");
        if (!keys.empty())
            report_.changed(
                governance.path("virtual_keys"),
                "a key's tenant is its customer_id, else its team_id, else the key alone"
            );
        for (std::size_t i = 0; i < keys.size(); ++i)
            read_virtual_key(
                ForeignMap(&keys[i], indexed(governance.path("virtual_keys"), i), report_), limits
            );
        governance.rest(bifrost::governance_known);
    }

    void read_virtual_key(ForeignMap key, const std::map<std::string, const YamlNode*>& limits)
    {
        const auto value = value_of(key, "value");
        GatewayKeyConfig ours;
        ours.name = key.text("name").value_or("imported");
        ours.tenant = tenant_of(key, ours.name);
        const bool active = key.flag("is_active").value_or(true);
        const auto id = key.text("rate_limit_id").value_or("");
        const auto known = limits.find(id);
        if (!id.empty() && known == limits.end())
            report_.left_out(
                key.path("rate_limit_id"), concat(id, " is not in governance.rate_limits")
            );
        auto own = key.map("rate_limit");
        read_limit(own, ours);
        if (known != limits.end()) {
            ForeignMap shared(known->second, key.path("rate_limit_id"), report_);
            read_limit(shared, ours);
        }
        key.take("id");
        key.take("description");
        key.rest(bifrost::virtual_key_known);
        if (!active)
            report_.left_out(key.path("is_active"), "the key is switched off");
        else if (value.empty())
            report_.left_out(key.path("value"), "the key is in Bifrost's database: make a new one");
        else
            draft_.add_key(std::move(ours), key.path("value"), value, variable_prefix);
    }

    /// Keys of one tenant see each other's requests, so none is shared that was not shared before.
    std::string tenant_of(ForeignMap& key, const std::string& key_name)
    {
        for (const std::string_view owner : {"customer_id", "team_id"})
            if (const auto id = key.text(owner)) return free_tenant(concat(owner, " ", *id), *id);
        return free_tenant(key.path(), key_name);
    }

    std::string free_tenant(const std::string& whose, const std::string& wish)
    {
        const auto first = our_text(printable(wish), "");
        auto name = first;
        for (int i = 2; tenants_.try_emplace(name, whose).first->second != whose; ++i)
            name = concat(first, "_", std::to_string(i));
        return name;
    }

    void read_limit(ForeignMap& limit, GatewayKeyConfig& key)
    {
        limit.take("id");
        const auto requests = limit.number("request_max_limit", 1, 1'000'000'000);
        const auto duration = limit.text("request_reset_duration").value_or("1m");
        if (const auto minutes = minutes_of(duration); requests && minutes)
            key.requests_per_minute = std::min(*requests / *minutes, 1'000'000.0);
        else if (requests)
            report_.left_out(
                limit.path("request_reset_duration"), "is no duration such as 1m or 1h"
            );
        limit.leave("token_max_limit", "limits count requests and concurrency, not tokens");
        limit.take("token_reset_duration");
        limit.rest();
    }

    static std::optional<double> minutes_of(std::string_view text)
    {
        constexpr std::array units{
            std::pair('s', 1.0 / 60),
            std::pair('m', 1.0),
            std::pair('h', 60.0),
            std::pair('d', 1440.0),
            std::pair('w', 10'080.0),
            std::pair('M', 43'200.0),
            std::pair('Y', 525'600.0)
        };
        if (text.empty()) return std::nullopt;
        YamlNode count;
        count.kind = YamlNode::Kind::scalar;
        count.text = text.substr(0, text.size() - 1);
        const auto value = number_of(count);
        for (const auto& [unit, minutes] : units)
            if (value && *value > 0 && text.back() == unit) return *value * minutes;
        return std::nullopt;
    }

    void read_client(ForeignMap client)
    {
        if (const auto most = client.number("max_request_body_size_mb", 0.001, 1024))
            draft_.config.server.max_body = megabytes(*most);
        const auto origins = client.list("allowed_origins");
        for (std::size_t i = 0; i < origins.size(); ++i) {
            auto& ours = draft_.config.cors.origins;
            if (auto complaint = check_cors_origin(origins[i].text))
                report_.left_out(indexed(client.path("allowed_origins"), i), *complaint);
            else if (std::ranges::find(ours, origins[i].text) == ours.end())
                ours.push_back(origins[i].text);
        }
        client.rest(bifrost::client_known);
    }
};

}  // namespace

void read_bifrost(const YamlNode& root, ImportDraft& draft)
{
    BifrostReader(root, draft).run();
}

}  // namespace sluice
