#include "routing/router.hpp"

#include "core/error.hpp"
#include "routing/balancer.hpp"

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

const std::string unnamed = "other";
/// Of a model's name in bytes. It is kept with every request that a page or a trace remembers.
constexpr std::size_t longest_name = 256;

std::string listed(const auto& named)
{
    std::string out;
    for (const auto& each : named) out += concat(out.empty() ? "" : ", ", each.name);
    return out.empty() ? "none" : out;
}

/// "provider/model" names both, where the caller knows which provider it wants.
bool names(std::string_view asked, const Provider& provider, std::string_view model)
{
    if (asked == model) return true;
    const std::string_view name = provider.config->name;
    return asked.starts_with(name) && asked.substr(name.size()).starts_with('/') &&
           asked.substr(name.size() + 1) == model;
}

}  // namespace

Router::Router(const Config& config, Targets& targets, const ModelTable& models)
    : config_(config), targets_(targets), models_(models)
{
    for (const auto& each : config.providers) {
        providers_.push_back(resolve_provider(each, config, targets));
        const auto& provider = *providers_.back();
        name_target(provider, provider.default_model);
        name_target(provider, provider.default_embedding_model);
        for (const auto& model : each.models) name_target(provider, model.id);
    }
    for (const auto& route : config.routes)
        for (const auto& target : route.targets)
            if (const auto* found = provider(target.provider)) name_target(*found, target.model);
    for (const auto& each : providers_) {
        know(*each, {}, nullptr);
        for (const auto* model : models.ever_of_provider(each->config->type))
            know(*each, model->id, nullptr);
    }
    learn_ways();
}

void Router::name_target(const Provider& provider, const std::string& model)
{
    if (model.empty() || known_.contains({provider.config->name, model})) return;
    auto* const target = &targets_.get(*provider.config, model);
    know(provider, target->model, target);
    named_targets_.push_back(target);
}

/// model: lives as long as this.
void Router::know(const Provider& provider, std::string_view model, Target* target)
{
    auto& known = known_[{provider.config->name, model}];
    if (known.candidate.provider) return;
    Candidate made{.provider = &provider, .model = model, .target = target};
    made.known = models_.find(provider.config->type, model);
    if (made.known) made.context_window = made.known->context_window;
    const auto& overrides = provider.config->models;
    if (const auto configured = std::ranges::find(overrides, model, &ModelOverride::id);
        configured != overrides.end()) {
        made.configured = &*configured;
        made.context_window = configured->context_window.value_or(made.context_window);
        made.unsupported = configured->unsupported;
    }
    known.candidate = made;
    known.target = target;
}

/// So that a model's name needs no search when it comes with a request.
void Router::learn_ways()
{
    for (const auto& [names, known] : known_) {
        if (names.second.empty()) continue;
        for (auto name : {std::string(names.second), concat(names.first, "/", names.second)}) {
            if (route(name)) continue;
            const auto leads = known_for(name, false);
            if (!leads) continue;
            const auto found = known_.find({leads->provider->config->name, leads->model});
            if (found != known_.end()) leads_to_.emplace(std::move(name), &found->second);
        }
    }
}

std::vector<Target*> Router::known_targets() const
{
    auto known = named_targets_;
    targets_.each([&](Target& target) {
        const bool called = target.calls.load(std::memory_order_relaxed) > 0;
        if (called && provider(target.provider) &&
            std::ranges::find(named_targets_, &target) == named_targets_.end())
            known.push_back(&target);
    });
    return known;
}

Candidate Router::candidate(const Provider& provider, std::string_view model) const
{
    const std::string_view name = provider.config->name;
    if (const auto known = known_.find({name, model}); known != known_.end())
        return candidate(known->second);
    auto made = candidate(known_.find({name, {}})->second);
    made.model = model;
    return made;
}

/// Models of the table have targets of their own once somebody asks for them. Beyond these a caller
/// could make up any number.
Candidate Router::candidate(const Known& known) const
{
    auto made = known.candidate;
    made.target = known.target.load(std::memory_order_acquire);
    if (made.target) return made;
    const auto name = made.known ? made.known->id : unnamed;
    made.target = &targets_.get(*made.provider->config, name);
    known.target.store(made.target, std::memory_order_release);
    return made;
}

const Provider* Router::provider(std::string_view name) const
{
    for (const auto& each : providers_)
        if (each->config->name == name) return each.get();
    return nullptr;
}

const RouteConfig* Router::route(std::string_view name) const
{
    const auto found = std::ranges::find(config_.routes, name, &RouteConfig::name);
    return found == config_.routes.end() ? nullptr : &*found;
}

std::vector<const Target*> Router::targets_of(const RouteConfig& route) const
{
    std::vector<const Target*> found;
    for (const auto& target : route.targets) {
        const auto* holder = provider(target.provider);
        if (!holder || !holder->usable) continue;
        const auto model = model_of(target, *holder, Operation::chat);
        if (!model.empty()) found.push_back(candidate(*holder, model).target);
    }
    return found;
}

bool Router::any_usable() const
{
    return std::ranges::any_of(providers_, [](const auto& each) { return each->usable; });
}

Result<Plan> Router::plan(
    std::string_view name,
    std::string_view model,
    Operation operation,
    TimePoint now,
    double random,
    bool own_key
) const
{
    if (model.size() > longest_name)
        return fail_at(
            "model", concat("model must have at most 256 bytes; got ", std::to_string(model.size()))
        );
    if (name.empty()) return plan_model(model, operation, now, random, own_key);
    if (const auto* found = provider(name)) return plan_provider(*found, model, operation, own_key);
    const auto* found = route(name);
    if (!found) return std::unexpected(unknown_name());
    if (const auto* asked = route(model)) {
        found = asked;
        model = {};
    }
    auto chosen = options(*found, model, operation, own_key);
    if (!chosen) return std::unexpected(std::move(chosen).error());

    Plan plan;
    plan.fall_back_on_filter = found->fall_back_on_filter;
    plan.on_disconnect = found->on_disconnect;
    Candidates candidates;
    boost::container::small_vector<Standing, 4> standings;
    for (auto& option : *chosen) {
        candidates.push_back(candidate(*option.provider, option.model));
        auto standing =
            own_key ? Standing{} : standing_of(*candidates.back().target, option.weight, now);
        standing.preferred = option.asked_for;
        standings.push_back(standing);
    }
    for (const auto index :
         order(standings, own_key ? Strategy::fallback : found->strategy, random))
        plan.candidates.push_back(candidates[index]);
    return plan;
}

Result<Plan> Router::plan_model(
    std::string_view model, Operation operation, TimePoint now, double random, bool own_key
) const
{
    if (model.empty()) return plan("auto", {}, operation, now, random, own_key);
    const auto found = leads_to_.find(model);
    if (found != leads_to_.end() && !own_key) {
        Plan plan;
        plan.candidates.push_back(candidate(*found->second));
        return plan;
    }
    if (route(model)) return plan(model, {}, operation, now, random, own_key);
    auto known = known_for(model, own_key);
    if (!known) {
        if (known.error().kind == ErrorKind::invalid_request)
            known.error().kind = ErrorKind::model_gone;
        return std::unexpected(std::move(known).error());
    }
    Plan plan;
    plan.candidates.push_back(candidate(*known->provider, known->model));
    return plan;
}

Result<Plan> Router::plan_provider(
    const Provider& provider, std::string_view model, Operation operation, bool own_key
) const
{
    if (!provider.usable && !own_key)
        return fail(
            ErrorKind::not_configured,
            concat("provider ", provider.config->name, " has no API key configured")
        );
    if (model.empty()) model = default_model(provider, operation);
    if (model.empty())
        return fail_at(
            "model", concat("provider ", provider.config->name, " has no default model; name one")
        );
    Plan plan;
    plan.candidates.push_back(candidate(provider, model));
    return plan;
}

Result<std::vector<Router::Option>> Router::options(
    const RouteConfig& route, std::string_view model, Operation operation, bool own_key
) const
{
    std::vector<Option> found;
    bool any_usable = false;
    for (const auto& target : route.targets) {
        const auto* holder = provider(target.provider);
        if (!holder || (!holder->usable && !own_key)) continue;
        any_usable = true;
        const auto own_model = model_of(target, *holder, operation);
        if (own_model.empty()) continue;
        found.push_back({
            .provider = holder,
            .model = own_model,
            .weight = target.weight,
            .asked_for = !model.empty() && names(model, *holder, own_model),
        });
    }
    if (!model.empty() && std::ranges::none_of(found, &Option::asked_for)) {
        auto known = known_for(model, own_key);
        if (!known) return std::unexpected(std::move(known).error());
        found.insert(found.begin(), std::move(*known));
    }
    if (found.empty() && !any_usable)
        return fail(
            ErrorKind::not_configured,
            concat("no provider of route ", route.name, " has an API key configured")
        );
    if (found.empty())
        return fail_at(
            "model", concat("no target of route ", route.name, " has a default model; name one")
        );
    if (operation == Operation::embeddings) {
        // Vectors of different models do not compare, so another model cannot stand in.
        const auto first = std::ranges::find(found, true, &Option::asked_for);
        const auto wanted = (first == found.end() ? found.front() : *first).model;
        std::erase_if(found, [&](const Option& option) { return option.model != wanted; });
    }
    return found;
}

std::string_view Router::model_of(
    const TargetConfig& target, const Provider& provider, Operation operation
) const
{
    if (target.model.empty()) return default_model(provider, operation);
    if (operation == Operation::chat) return target.model;
    // A route is mostly written for chat; all else goes to the same providers' models for that.
    const auto* known = models_.find(provider.config->type, target.model);
    const auto own = default_model(provider, operation);
    const bool fits = known ? known->mode == mode_of(operation) : own.empty();
    return fits ? target.model : own;
}

bool Router::serves(const Provider& provider, std::string_view model) const
{
    return provider.default_model == model || provider.default_embedding_model == model ||
           std::ranges::count(provider.config->models, model, &ModelOverride::id) > 0 ||
           models_.find(provider.config->type, model) != nullptr;
}

Result<Router::Option> Router::known_for(std::string_view model, bool own_key) const
{
    const Provider* found = nullptr;
    if (const auto slash = model.find('/'); slash != model.npos && slash + 1 < model.size()) {
        found = provider(model.substr(0, slash));
        if (found) model.remove_prefix(slash + 1);
    }
    for (const bool usable : {true, false})
        for (const auto& each : providers_)
            if (!found && each->usable == usable && serves(*each, model)) found = each.get();
    if (!found)
        return fail_at(
            "model", "no configured provider is known to have this model; provider/model names one"
        );
    if (!found->usable && !own_key)
        return fail(
            ErrorKind::not_configured,
            concat("provider ", found->config->name, " has no API key configured")
        );
    return Option{.provider = found, .model = model, .asked_for = true};
}

Error Router::unknown_name() const
{
    return {
        .kind = ErrorKind::unknown_provider,
        .message = concat(
            "no such provider or route; providers: ",
            listed(config_.providers),
            "; routes: ",
            listed(config_.routes)
        ),
    };
}

}  // namespace sluice
