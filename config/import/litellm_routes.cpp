#include "config/import/litellm_routes.hpp"

#include "core/error.hpp"

#include <algorithm>

namespace sluice {
namespace {

/// Of a fallback in a weighted route: it comes first once in a thousand requests.
constexpr double last_weight = 0.001;

}  // namespace

void LitellmRoutes::add(const std::string& name, const std::string& path, DraftTarget target)
{
    const auto [entry, added] = groups_.try_emplace(name, Group{path, {}});
    if (added) names_.push_back(name);
    entry->second.targets.push_back(std::move(target));
}

void LitellmRoutes::read_fallbacks(ForeignMap& settings)
{
    read_fallback_list(settings, "fallbacks");
    read_fallback_list(settings, "context_window_fallbacks");
    read_fallback_list(settings, "content_policy_fallbacks");
    Fallbacks all{settings.path("default_fallbacks"), Fallbacks::Of::any_failure, {}};
    for (const auto& name : settings.list("default_fallbacks")) all.names.push_back(name.text);
    if (!all.names.empty()) fallbacks_["*"].push_back(std::move(all));
}

void LitellmRoutes::read_fallback_list(ForeignMap& settings, std::string_view key)
{
    const auto of = key == "content_policy_fallbacks"   ? Fallbacks::Of::filter
                    : key == "context_window_fallbacks" ? Fallbacks::Of::window
                                                        : Fallbacks::Of::any_failure;
    const auto list = settings.list(key);
    for (std::size_t i = 0; i < list.size(); ++i) {
        ForeignMap entry(&list[i], indexed(settings.path(key), i), report_);
        for (const auto& [group, line, column, names] : entry.members()) {
            Fallbacks fallbacks{entry.path(group), of, {}};
            for (const auto& name : names.items) fallbacks.names.push_back(name.text);
            if (of == Fallbacks::Of::window)
                report_.changed(
                    fallbacks.path,
                    "a target of the route for every failure, not only where the window is too "
                    "small"
                );
            fallbacks_[group].push_back(std::move(fallbacks));
        }
    }
}

void LitellmRoutes::read_aliases(ForeignMap aliases, ForeignMap& general)
{
    for (const auto& [alias, line, column, value] : aliases.members()) {
        const auto path = aliases.path(alias);
        ForeignMap described(value.kind == YamlNode::Kind::map ? &value : nullptr, path, report_);
        aliases_.push_back({path, alias, described.text("model").value_or(value.text)});
        described.take("hidden");
        described.rest();
    }
    if (const auto model = general.text("completion_model"))
        aliases_.push_back({general.path("completion_model"), "auto", *model});
}

void LitellmRoutes::finish(Strategy strategy)
{
    for (const auto& name : names_) add_route({groups_.at(name).path, name, name}, strategy);
    for (const auto& alias : aliases_)
        if (!groups_.contains(alias.group))
            no_group(alias.path, alias.group);
        else if (!groups_.contains(alias.name))
            add_route(alias, strategy);
    for (const auto& [group, all] : fallbacks_)
        for (const auto& fallbacks : all) check_names(group, fallbacks);
}

void LitellmRoutes::check_names(const std::string& group, const Fallbacks& fallbacks)
{
    if (group != "*" && !groups_.contains(group)) no_group(fallbacks.path, group);
    for (const auto& name : fallbacks.names)
        if (!groups_.contains(name)) no_group(fallbacks.path, name);
}

void LitellmRoutes::no_group(const std::string& path, const std::string& name)
{
    report_.left_out(path, concat(name, " is not among the models that were carried"));
}

void LitellmRoutes::add_route(const Alias& alias, Strategy strategy)
{
    const auto& [path, name, group] = alias;
    DraftRoute route;
    route.path = path;
    route.name = name;
    route.about = concat(path, ": ", name);
    route.targets = groups_.at(group).targets;
    const auto own = route.targets.size();
    route.strategy = own > 1 ? strategy : Strategy::fallback;
    append_fallbacks(route, group);
    if (name == group && own > 1 && route.targets.size() > own)
        report_.changed(
            path,
            concat(
                name,
                route.strategy == Strategy::weighted
                    ? ": one request in a thousand begins at a fallback"
                    : ": its fallbacks are ordered by latency too"
            )
        );
    if (route.strategy == Strategy::fallback)
        for (auto& target : route.targets) target.weight = 1;
    draft_.add(std::move(route));
}

/// Those of the group; the default ones where it has none for any failure.
void LitellmRoutes::append_fallbacks(DraftRoute& route, const std::string& group)
{
    bool any_failure = false;
    if (const auto named = fallbacks_.find(group); named != fallbacks_.end())
        for (const auto& fallbacks : named->second) {
            any_failure |= fallbacks.of == Fallbacks::Of::any_failure;
            append(route, group, fallbacks);
        }
    if (const auto common = fallbacks_.find("*"); common != fallbacks_.end() && !any_failure)
        for (const auto& fallbacks : common->second) append(route, group, fallbacks);
}

void LitellmRoutes::append(DraftRoute& route, const std::string& group, const Fallbacks& fallbacks)
{
    if (fallbacks.of == Fallbacks::Of::filter) route.fall_back_on_filter = true;
    for (const auto& name : fallbacks.names) {
        const auto found = groups_.find(name);
        if (found == groups_.end() || name == group) continue;
        for (auto target : found->second.targets) {
            target.weight = last_weight;
            const auto same = [&](const DraftTarget& each) {
                return each.provider == target.provider && each.model == target.model;
            };
            if (std::ranges::none_of(route.targets, same)) route.targets.push_back(target);
        }
    }
}

}  // namespace sluice
