#pragma once

#include "config/config.hpp"
#include "config/model_table.hpp"
#include "core/deployment.hpp"
#include "core/error.hpp"
#include "routing/provider.hpp"
#include "routing/target.hpp"

#include <boost/container/small_vector.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {

/// One thing to try: views into the configuration, and of a model that it does not know, the
/// caller's word for it.
struct Candidate {
    const Provider* provider = nullptr;
    std::string_view model{};  ///< the upstream's id
    Target* target = nullptr;
    const ModelInfo* known = nullptr;            ///< nullptr: the table does not have it
    const ModelOverride* configured = nullptr;   ///< nullptr: the configuration says nothing of it
    std::int64_t context_window = 0;             ///< 0: unknown
    std::span<const std::string> unsupported{};  ///< fields the configuration says it rejects
};

using Candidates = boost::container::small_vector<Candidate, 2>;

struct Plan {
    Candidates candidates;  ///< in the order to try them
    bool fall_back_on_filter = false;
    OnDisconnect on_disconnect = OnDisconnect::cancel;
};

/// Which targets, in which order? Built from one configuration, immutable; order within a route
/// depends on the targets' live state and on randomness, both given or read once per plan.
class Router {
public:
    Router(const Config& config, Targets& targets, const ModelTable& models);

    /// name: of a provider, of a route, or "auto". model: what the caller asked for; empty: the
    /// default. Provider: one candidate. Route: its targets by its strategy, those with open
    /// breakers or cooling keys last; a model that was asked for puts its target first
    /// (`provider/model` too), else the provider known for it, else it is invalid_request at
    /// "model". Errors: unknown_provider (names those that exist), invalid_request (no model),
    /// not_configured (no usable provider). A name of a route in the place of the model stands for
    /// that route. With own_key (the caller brings the provider key) a provider needs none, and the
    /// order is the file's: which provider gets the key must not depend on live state.
    /// Without a name the model alone decides: a route of that name, provider/model, or the
    /// provider known for it (model_gone where there is none); without either, the route auto.
    /// The text of the model outlives the plan.
    Result<Plan> plan(
        std::string_view name,
        std::string_view model,
        Operation operation,
        TimePoint now,
        double random,
        bool own_key = false
    ) const;

    const Provider* provider(std::string_view name) const;
    std::span<const std::unique_ptr<Provider>> providers() const { return providers_; }
    /// Every target that the configuration names, for health and metrics.
    std::span<Target* const> targets() const { return named_targets_; }
    /// The same, and those of the configured providers that were called without being named.
    std::vector<Target*> known_targets() const;
    /// The targets that chats to a route may go to, as far as their providers are usable.
    std::vector<const Target*> targets_of(const RouteConfig& route) const;
    const ModelTable& models() const { return models_; }
    bool any_usable() const;

private:
    /// A target of a route that may be asked, not yet in its place.
    struct Option {
        const Provider* provider;
        std::string_view model;
        double weight = 1;
        bool asked_for = false;
    };

    /// A model at a provider, resolved before a request asks for it. A model that only the table
    /// knows has a target once somebody does; those that nobody knows share one, and an entry
    /// without a name.
    struct Known {
        Candidate candidate;
        mutable std::atomic<Target*> target{nullptr};
    };
    struct TextHash : std::hash<std::string_view> {
        using is_transparent = void;
    };

    const Config& config_;
    Targets& targets_;
    const ModelTable& models_;
    std::vector<std::unique_ptr<Provider>> providers_;
    std::map<std::pair<std::string_view, std::string_view>, Known> known_;
    boost::unordered_flat_map<std::string, const Known*, TextHash, std::equal_to<>> leads_to_;
    std::vector<Target*> named_targets_;

    void name_target(const Provider& provider, const std::string& model);
    void know(const Provider& provider, std::string_view model, Target* target);
    void learn_ways();
    Candidate candidate(const Provider& provider, std::string_view model) const;
    Candidate candidate(const Known& known) const;

    Result<Plan> plan_model(
        std::string_view model, Operation operation, TimePoint now, double random, bool own_key
    ) const;
    Result<Plan> plan_provider(
        const Provider& provider, std::string_view model, Operation operation, bool own_key
    ) const;
    Result<std::vector<Option>> options(
        const RouteConfig& route, std::string_view model, Operation operation, bool own_key
    ) const;
    Result<Option> known_for(std::string_view model, bool own_key) const;
    const RouteConfig* route(std::string_view name) const;
    std::string_view model_of(
        const TargetConfig& target, const Provider& provider, Operation operation
    ) const;
    bool serves(const Provider& provider, std::string_view model) const;
    Error unknown_name() const;
};

/// What a usage at this candidate costs: the configuration's price, else the table's. nullopt:
/// unknown.
std::optional<Cost> price(const Candidate& candidate, const Usage& usage);

}  // namespace sluice
