#include "config/import/foreign.hpp"
#include "config/import/import.hpp"
#include "config/import/litellm_keys.hpp"
#include "config/import/litellm_routes.hpp"
#include "config/import/units.hpp"
#include "core/error.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace sluice {
namespace {

constexpr std::string_view variable_prefix = "os.environ/";

/// What router_settings and litellm_settings say for every deployment.
struct Common {
    std::optional<double> timeout, stream_timeout;  ///< seconds
    std::optional<int> retries;
    std::optional<double> cooldown;  ///< seconds
    std::optional<int> allowed_fails;
    bool cooldowns = true;
    Strategy strategy = Strategy::weighted;
};

class LitellmReader {
public:
    LitellmReader(const YamlNode& root, ImportDraft& draft)
        : draft_(draft), report_(draft.report), root_(&root, "", draft.report), routes_(draft)
    {
    }

    void run()
    {
        auto router = root_.map("router_settings");
        auto module = root_.map("litellm_settings");
        auto general = root_.map("general_settings");
        read_credentials();
        read_common(router);
        read_common(module);
        const auto models = root_.list("model_list");
        for (std::size_t i = 0; i < models.size(); ++i)
            read_deployment(ForeignMap(&models[i], indexed("model_list", i), report_));
        routes_.read_fallbacks(router);
        routes_.read_fallbacks(module);
        routes_.read_aliases(router.map("model_group_alias"), general);
        routes_.finish(common_.strategy);
        read_module(module);
        read_general(general);
        router.rest(litellm::router_known);
        root_.rest(litellm::root_known);
    }

private:
    ImportDraft& draft_;
    ImportReport& report_;
    ForeignMap root_;
    Common common_;
    LitellmRoutes routes_;
    std::map<std::string, const YamlNode*> credentials_;

    void read_credentials()
    {
        const auto list = root_.list("credential_list");
        for (std::size_t i = 0; i < list.size(); ++i) {
            ForeignMap credential(&list[i], indexed("credential_list", i), report_);
            const auto name = credential.text("credential_name");
            const auto* values = credential.take("credential_values");
            credential.take("credential_info");
            if (name && values) credentials_[*name] = values;
            credential.rest();
        }
    }

    /// router_settings is read first and wins.
    void read_common(ForeignMap& settings)
    {
        const auto keep = [](auto& known, auto found) {
            if (!known && found) known = found;
        };
        keep(common_.timeout, settings.number("timeout", 0.001, max_seconds));
        keep(common_.timeout, settings.number("request_timeout", 0.001, max_seconds));
        keep(common_.stream_timeout, settings.number("stream_timeout", 0.001, max_seconds));
        keep(common_.retries, whole(settings, "num_retries", 0, 19));
        keep(common_.cooldown, settings.number("cooldown_time", 0, max_seconds));
        if (const auto fails = whole(settings, "allowed_fails", 0, 999'999);
            fails && !common_.allowed_fails) {
            common_.allowed_fails = fails;
            report_.changed(
                settings.path("allowed_fails"),
                "a breaker opens when half of the calls within a minute failed, and there were "
                "more than these"
            );
        }
        if (settings.flag("disable_cooldowns").value_or(false)) common_.cooldowns = false;
        if (const auto strategy = settings.text("routing_strategy"))
            common_.strategy = strategy_of(*strategy, settings.path("routing_strategy"));
    }

    Strategy strategy_of(std::string_view name, const std::string& path)
    {
        if (name == "simple-shuffle") return Strategy::weighted;
        if (name == "latency-based-routing") return Strategy::least_latency;
        if (name == "least-busy") {
            report_.changed(path, "the quickest target comes first (least_latency)");
            return Strategy::least_latency;
        }
        report_.changed(path, concat(name, ": targets are drawn by weight instead"));
        return Strategy::weighted;
    }

    void read_deployment(ForeignMap entry)
    {
        const auto name = entry.text("model_name");
        auto params = entry.map("litellm_params");
        auto info = entry.map("model_info");
        const auto model = params.text("model");
        entry.rest();
        if (!name || !model)
            return report_.left_out(entry.path(), "has no model_name or no litellm_params.model");
        ForeignMap credential(
            credential_of(params), params.path("litellm_credential_name"), report_
        );

        auto [word, upstream] = split_model(*model, params.text("custom_llm_provider"));
        ForeignConnection connection;
        connection.path = entry.path();
        connection.provider = word;
        connection.variable_prefix = variable_prefix;
        const auto value = [&](std::string_view key) {
            auto own = params.text(key);
            auto shared = credential.text(key);
            return own ? *own : shared.value_or("");
        };
        connection.base_url = value("api_base");
        if (const auto base = value("base_url"); connection.base_url.empty())
            connection.base_url = base;
        connection.key = value("api_key");
        connection.key_path = params.path("api_key");
        connection.api_version = dated(value("api_version"));
        if (word.starts_with("azure") && connection.base_url.empty())
            connection.base_url = concat(variable_prefix, "AZURE_API_BASE");
        auto provider = connect(connection, report_);
        if (!provider) return;

        read_provider(params, provider->config);
        read_headers(params, "extra_headers", *provider);
        read_headers(params, "headers", *provider);
        const auto index = draft_.add(std::move(*provider));
        if (read_model(params, info, index, upstream))
            add_to_group(*name, entry.path(), params, index, upstream);
        params.rest(litellm::params_known);
        info.rest(litellm::model_info_known);
        credential.rest();
    }

    const YamlNode* credential_of(ForeignMap& params)
    {
        const auto name = params.text("litellm_credential_name");
        if (!name) return nullptr;
        if (const auto found = credentials_.find(*name); found != credentials_.end())
            return found->second;
        report_.left_out(
            params.path("litellm_credential_name"), concat(*name, " is not in credential_list")
        );
        return nullptr;
    }

    /// "openai/gpt-4o" -> openai, gpt-4o. Without a provider it is OpenAI's or told by its name.
    static std::pair<std::string, std::string> split_model(
        const std::string& model, const std::optional<std::string>& provider
    )
    {
        const auto slash = model.find('/');
        if (provider) {
            const bool repeated = slash != model.npos && model.substr(0, slash) == *provider;
            return {*provider, repeated ? model.substr(slash + 1) : model};
        }
        if (slash != model.npos) return {model.substr(0, slash), model.substr(slash + 1)};
        if (model.starts_with("claude")) return {"anthropic", model};
        if (model.starts_with("gemini")) return {"gemini", model};
        return {"openai", model};
    }

    static std::string dated(const std::string& version)
    {
        return version == "v1" || version == "latest" || version == "preview" ? "" : version;
    }

    void read_provider(ForeignMap& params, ProviderConfig& provider)
    {
        const auto text = [&](std::string_view key) {
            return our_text(params.text(key).value_or(""), variable_prefix);
        };
        if (provider.type == "openai" || provider.type == "openai_compatible")
            provider.organization = header_text(text("organization"));
        if (const auto tokens = whole(params, "max_tokens", 1, 100'000'000))
            provider.default_max_tokens = *tokens;
        provider.default_temperature = params.number("temperature", 0, 2);

        auto timeout = params.number("timeout", 0.001, max_seconds);
        auto stream_timeout = params.number("stream_timeout", 0.001, max_seconds);
        if (!stream_timeout) stream_timeout = timeout ? timeout : common_.stream_timeout;
        if (!timeout) timeout = common_.timeout;
        if (!stream_timeout) stream_timeout = timeout;
        auto& timeouts = provider.timeouts;
        if (timeout) timeouts.response = seconds_to_duration(*timeout);
        if (stream_timeout) timeouts.first_token = seconds_to_duration(*stream_timeout);
        timeouts.total = std::max({timeouts.total, timeouts.response, timeouts.first_token});

        auto retries = whole(params, "num_retries", 0, 19);
        if (const auto other = whole(params, "max_retries", 0, 19); !retries) retries = other;
        if (!retries) retries = common_.retries;
        if (retries) provider.retry.max_attempts = *retries + 1;

        auto& breaker = provider.breaker;
        breaker.enabled = common_.cooldowns;
        if (const auto cooldown = common_.cooldown; cooldown && *cooldown > 0) {
            breaker.open_time = seconds_to_duration(*cooldown);
            breaker.max_open_time = std::max(breaker.max_open_time, breaker.open_time);
        }
        if (common_.allowed_fails) {
            breaker.window = 60s;
            breaker.min_requests = *common_.allowed_fails + 1;
        }
    }

    void read_headers(ForeignMap& params, std::string_view key, DraftProvider& provider)
    {
        auto headers = params.map(key);
        for (const auto& member : headers.members())
            add_header(
                provider,
                headers.path(member.key),
                member.key,
                member.value.text,
                variable_prefix,
                report_
            );
    }

    /// Prices and windows, and which model is the provider's default. False: nothing serves it.
    bool read_model(
        ForeignMap& params, ForeignMap& info, std::size_t provider, const std::string& upstream
    )
    {
        ModelOverride model;
        model.id = our_text(upstream, "");
        const auto price = [&](std::string_view key) {
            auto own = params.number(key, 0, 1);
            auto described = info.number(key, 0, 1);
            return per_million(own ? own : described);
        };
        model.input_price = price("input_cost_per_token");
        model.output_price = price("output_cost_per_token");
        model.cached_price = price("cache_read_input_token_cost");
        model.context_window = whole(info, "max_input_tokens", 1, 100'000'000);
        model.max_output = whole(info, "max_output_tokens", 1, 100'000'000);
        const auto mode = info.text("mode").value_or("chat");
        const bool known_mode = mode == "chat" || mode == "completion" || mode == "responses";
        if (upstream.contains('*')) return true;
        if (known_mode || mode == "embedding") {
            draft_.offer(provider, upstream, mode == "embedding");
        } else if (mode != "audio_transcription" && mode != "audio_speech" &&
                   mode != "moderation") {
            report_.left_out(info.path("mode"), concat(mode, " is not served"));
            return false;
        }
        const bool says_something = model.input_price || model.output_price || model.cached_price ||
                                    model.context_window || model.max_output;
        auto& models = draft_.provider(provider).models;
        if (says_something &&
            std::ranges::find(models, model.id, &ModelOverride::id) == models.end())
            models.push_back(std::move(model));
        return true;
    }

    void add_to_group(
        const std::string& name,
        const std::string& path,
        ForeignMap& params,
        std::size_t provider,
        const std::string& upstream
    )
    {
        if (upstream.contains('*') || name.contains('*')) {
            report_.changed(
                path, concat(name, ": no route: callers ask for any model as provider/model")
            );
            return;
        }
        DraftTarget target{provider, upstream, 1};
        for (const std::string_view key : {"weight", "rpm", "tpm"}) {
            const auto weight = params.number(key, 0.001, 1'000'000'000);
            if (!weight) continue;
            target.weight = *weight;
            if (key != "weight")
                report_.changed(
                    params.path(key),
                    "the target's share of its route; limits are those of a gateway key (auth.keys)"
                );
            break;
        }
        routes_.add(name, path, std::move(target));
    }

    void read_module(ForeignMap& module)
    {
        if (module.flag("json_logs").value_or(false)) draft_.config.log.format = "json";
        if (module.flag("set_verbose").value_or(false)) draft_.config.log.level = "debug";
        module.rest(litellm::module_known);
    }

    void read_general(ForeignMap& general)
    {
        if (const auto key = general.text("master_key")) {
            GatewayKeyConfig master;
            master.name = "master";
            master.is_operator = true;
            draft_.add_key(std::move(master), general.path("master_key"), *key, variable_prefix);
        }
        if (const auto most = whole(general, "global_max_parallel_requests", 1, 1'000'000))
            draft_.config.server.max_concurrency = *most;
        if (const auto most = general.number("max_request_size_mb", 0.001, 1024))
            draft_.config.server.max_body = megabytes(*most);
        general.rest(litellm::general_known);
    }
};

}  // namespace

void read_litellm(const YamlNode& root, ImportDraft& draft)
{
    LitellmReader(root, draft).run();
}

}  // namespace sluice
