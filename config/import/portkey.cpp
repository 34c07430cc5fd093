#include "config/environment.hpp"
#include "config/import/foreign.hpp"
#include "config/import/import.hpp"
#include "config/import/known_providers.hpp"
#include "config/import/units.hpp"
#include "core/error.hpp"

#include <algorithm>
#include <array>

namespace sluice {
namespace {

/// Of a target that only stands in for others in a weighted route.
constexpr double last_weight = 0.001;

constexpr std::string_view no_guardrails = "there are no guardrails or hooks";
constexpr std::array leaf_known{
    ForeignKey{"cache", "answers are not cached"},
    ForeignKey{"input_guardrails", no_guardrails},
    ForeignKey{"output_guardrails", no_guardrails},
    ForeignKey{"before_request_hooks", no_guardrails},
    ForeignKey{"after_request_hooks", no_guardrails},
    ForeignKey{"default_input_guardrails", no_guardrails},
    ForeignKey{"default_output_guardrails", no_guardrails},
    ForeignKey{"metadata", "requests carry no metadata for the gateway"},
    ForeignKey{"forward_headers", "headers of callers do not travel on"},
    ForeignKey{"strict_open_ai_compliance", "so on /v1", true},
    ForeignKey{"weight", "the strategy here does not draw by weight"},
    ForeignKey{"azure_auth_mode", "a token of Entra goes into the key's variable"},
    ForeignKey{
        "on_status_codes", "which failures go to the next target is fixed; see the README's table"
    },
};

/// What a node passes on to those below it.
struct Inherited {
    std::optional<int> retries;
    std::optional<double> timeout;  ///< milliseconds
};

/// A tree of strategies as one list.
struct Flat {
    Strategy strategy = Strategy::fallback;
    std::vector<DraftTarget> targets;
};

class PortkeyReader {
public:
    explicit PortkeyReader(ImportDraft& draft) : draft_(draft), report_(draft.report) {}

    void run(const YamlNode& root)
    {
        ForeignMap config(&root, "", report_);
        add_route("auto", "", flatten(config, {}));
    }

private:
    ImportDraft& draft_;
    ImportReport& report_;

    void add_route(const std::string& name, const std::string& path, Flat flat)
    {
        DraftRoute route;
        route.path = path;
        route.name = name;
        route.strategy = flat.targets.size() > 1 ? flat.strategy : Strategy::fallback;
        route.targets = std::move(flat.targets);
        route.about =
            path.empty() ? "what callers get that name no model, or the model auto" : path;
        if (route.strategy == Strategy::fallback)
            for (auto& target : route.targets) target.weight = 1;
        draft_.add(std::move(route));
    }

    Flat flatten(ForeignMap& node, Inherited inherited)
    {
        auto retry = node.map("retry");
        if (const auto attempts = whole(retry, "attempts", 0, 19)) inherited.retries = attempts;
        retry.leave(
            "on_status_codes", "which errors are tried again is fixed; see the README's table"
        );
        retry.take("use_retry_after_header");  // always so
        retry.rest();
        if (const auto timeout = node.number("request_timeout", 1, max_seconds * 1000))
            inherited.timeout = timeout;

        auto strategy = node.map("strategy");
        const auto mode = strategy.text("mode").value_or("single");
        strategy.leave(
            "on_status_codes",
            "which failures go to the next target is fixed; see the README's table"
        );
        Flat out;
        if (const auto targets = node.list("targets"); !targets.empty())
            out = combine(node, strategy, mode, targets, inherited);
        else if (auto target = read_target(node, inherited))
            out.targets.push_back(std::move(*target));
        else
            return out;
        strategy.rest();
        node.rest(leaf_known);
        return out;
    }

    Flat combine(
        ForeignMap& node,
        ForeignMap& strategy,
        const std::string& mode,
        std::span<const YamlNode> targets,
        const Inherited& inherited
    )
    {
        if (mode == "conditional") return by_condition(node, strategy, targets, inherited);
        if (mode != "fallback" && mode != "loadbalance" && mode != "single")
            report_.changed(strategy.path("mode"), concat(mode, ": taken for fallback"));
        Flat out;
        for (std::size_t i = 0; i < targets.size(); ++i) {
            ForeignMap target(&targets[i], indexed(node.path("targets"), i), report_);
            if (mode == "single" && i > 0) {
                report_.left_out(target.path(), "mode single asks the first target only");
                continue;
            }
            target.take("name");
            if (mode == "loadbalance")
                add_share(out, target, inherited);
            else
                add_last(out, target, inherited);
        }
        if (mode == "loadbalance") out.strategy = Strategy::weighted;
        return out;
    }

    /// A child of a fallback: after all that are there.
    void add_last(Flat& out, ForeignMap& target, const Inherited& inherited)
    {
        auto child = flatten(target, inherited);
        const bool drawn = child.strategy == Strategy::weighted && child.targets.size() > 1;
        if (out.targets.empty() && drawn) {
            out.strategy = Strategy::weighted;
        } else if (drawn) {
            report_.changed(target.path(), "its targets are asked in order, not by weight");
        }
        if (out.strategy == Strategy::weighted && !out.targets.empty()) {
            for (auto& each : child.targets) each.weight = last_weight;
            report_.changed(target.path(), "one request in a thousand begins here");
        }
        std::ranges::move(child.targets, std::back_inserter(out.targets));
    }

    /// A child of a loadbalance: its weight, shared among what it has.
    void add_share(Flat& out, ForeignMap& target, const Inherited& inherited)
    {
        const auto weight = target.number("weight", 0, 1'000'000).value_or(1);
        if (weight == 0) return report_.left_out(target.path("weight"), "0: it was never asked");
        auto child = flatten(target, inherited);
        const bool drawn = child.strategy == Strategy::weighted;
        double sum = 0;
        for (const auto& each : child.targets) sum += each.weight;
        for (std::size_t i = 0; i < child.targets.size(); ++i) {
            auto& own = child.targets[i].weight;
            own = drawn ? weight * own / sum : i == 0 ? weight : last_weight;
        }
        if (!drawn && child.targets.size() > 1)
            report_.changed(
                target.path(),
                "its fallbacks are targets of the whole route, asked first once in a thousand"
            );
        std::ranges::move(child.targets, std::back_inserter(out.targets));
    }

    /// Every target is a route by its name; the default one is also what the node stands for.
    Flat by_condition(
        ForeignMap& node,
        ForeignMap& strategy,
        std::span<const YamlNode> targets,
        const Inherited& inherited
    )
    {
        const auto standard = strategy.text("default");
        const auto conditions = strategy.list("conditions");
        for (std::size_t i = 0; i < conditions.size(); ++i) {
            ForeignMap condition(&conditions[i], indexed(strategy.path("conditions"), i), report_);
            report_.left_out(
                condition.path(),
                concat(
                    "requests are not routed by what is in them: callers ask for the model \"",
                    condition.text("then").value_or(""),
                    "\" themselves"
                )
            );
        }
        Flat out;
        for (std::size_t i = 0; i < targets.size(); ++i) {
            ForeignMap target(&targets[i], indexed(node.path("targets"), i), report_);
            const auto name = target.text("name");
            if (!name) {
                report_.left_out(target.path(), "has no name, so no condition led to it");
                continue;
            }
            auto flat = flatten(target, inherited);
            if (standard == name) out = flat;
            add_route(*name, target.path(), std::move(flat));
        }
        return out;
    }

    /// "@openai-prod/gpt-4o", "@openai-prod", "openai-prod-key" -> openai-prod
    struct Slug {
        std::string name;      ///< of the entry in Portkey's vault
        std::string provider;  ///< as far as the name tells; empty: it does not
    };
    static Slug slug_of(std::string_view text)
    {
        if (text.starts_with('@')) text.remove_prefix(1);
        const Slug slug{std::string(text), ""};
        for (auto word = text; !word.empty(); word = word.substr(0, word.find_last_of("-_"))) {
            if (known_provider(word)) return {slug.name, std::string(word)};
            if (word.find_last_of("-_") == word.npos) break;
        }
        return slug;
    }

    std::optional<DraftTarget> read_target(ForeignMap& node, const Inherited& inherited)
    {
        auto overrides = node.map("override_params");
        auto model = overrides.text("model").value_or("");
        auto provider = node.text("provider").value_or("");
        auto vault = node.text("virtual_key").value_or("");
        if (model.starts_with('@') && model.contains('/')) {
            if (provider.empty()) provider = model.substr(0, model.find('/'));
            model.erase(0, model.find('/') + 1);
        }
        if (provider.starts_with('@')) vault = std::exchange(provider, "");
        ForeignConnection connection;
        connection.path = node.path().empty() ? "the configuration" : node.path();
        if (!vault.empty() && provider.empty()) {
            provider = slug_of(vault).provider;
            if (provider.empty()) {
                report_.left_out(
                    connection.path, concat(vault, ": only Portkey knows which provider this is")
                );
                return std::nullopt;
            }
        }
        if (provider.empty()) {
            report_.left_out(connection.path, "names no provider");
            return std::nullopt;
        }
        connection.provider = provider;
        connection.base_url = node.text("custom_host").value_or("");
        connection.key = node.text("api_key").value_or("");
        connection.key_path = node.path("api_key");
        read_azure(node, connection, model);
        auto draft = connect(connection, report_);
        if (!draft) return std::nullopt;
        if (!vault.empty() && connection.key.empty()) use_vault(*draft, connection.path, vault);
        return finish_target(node, std::move(*draft), std::move(model), overrides, inherited);
    }

    static void read_azure(ForeignMap& node, ForeignConnection& connection, std::string& model)
    {
        const auto resource = node.text("resource_name");
        const auto deployment = node.text("deployment_id");
        connection.api_version = node.text("api_version").value_or("");
        if (resource && connection.base_url.empty())
            connection.base_url = concat("https://", *resource, ".openai.azure.com");
        if (deployment) model = *deployment;
    }

    void use_vault(DraftProvider& draft, const std::string& path, const std::string& vault)
    {
        draft.key_variable = concat(variable_prefix(slug_of(vault).name), "_API_KEY");
        draft.keyless = false;
        draft.config.dialect.require_key = true;
        report_.changed(
            path,
            concat(
                vault,
                ": its key is in Portkey's vault; put it into the variable ",
                draft.key_variable
            )
        );
    }

    DraftTarget finish_target(
        ForeignMap& node,
        DraftProvider draft,
        std::string model,
        ForeignMap& overrides,
        const Inherited& inherited
    )
    {
        auto& config = draft.config;
        if (config.type == "openai" || config.type == "openai_compatible") {
            config.organization =
                header_text(our_text(node.text("openai_organization").value_or(""), ""));
            config.project = header_text(our_text(node.text("openai_project").value_or(""), ""));
        }
        config.default_temperature = overrides.number("temperature", 0, 2);
        for (const std::string_view key : {"max_tokens", "max_completion_tokens"})
            if (const auto tokens = whole(overrides, key, 1, 100'000'000))
                config.default_max_tokens = *tokens;
        if (config.default_temperature || config.default_max_tokens)
            report_.changed(
                overrides.path(),
                "holds where a request says nothing itself, and overwrites nothing"
            );
        for (const auto& member : overrides.members())
            if (member.key != "model" && member.key != "temperature" &&
                member.key != "max_tokens" && member.key != "max_completion_tokens")
                report_.left_out(
                    overrides.path(member.key), "the gateway sets no such field of requests"
                );
        if (inherited.retries) config.retry.max_attempts = *inherited.retries + 1;
        if (inherited.timeout) {
            auto& timeouts = config.timeouts;
            timeouts.response = timeouts.first_token =
                seconds_to_duration(*inherited.timeout / 1000);
            timeouts.total = std::max(timeouts.total, timeouts.response);
        }
        const auto index = draft_.add(std::move(draft));
        if (model.empty())
            report_.changed(
                node.path().empty() ? "the configuration" : node.path(),
                "names no model: the request's was used; here it is the provider's default_model"
            );
        else
            draft_.offer(index, model);
        return {index, std::move(model), 1};
    }
};

}  // namespace

void read_portkey(const YamlNode& root, ImportDraft& draft)
{
    PortkeyReader(draft).run(root);
}

}  // namespace sluice
