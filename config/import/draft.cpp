#include "config/import/draft.hpp"

#include "config/environment.hpp"
#include "config/import/writer.hpp"
#include "config/variables.hpp"
#include "core/digest.hpp"
#include "core/error.hpp"

#include <algorithm>
#include <ranges>
#include <set>

namespace sluice {
namespace {

constexpr std::size_t max_name = 64;
constexpr double least_weight = 0.001;
constexpr double most_weight = 1'000'000;

/// The text with everything replaced that a name may not have.
std::string as_name(std::string_view text, bool dots)
{
    std::string out;
    for (const char c : text) {
        const bool capital = c >= 'A' && c <= 'Z';
        const bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
                          c == '-' || (dots && c == '.');
        out += capital ? static_cast<char>(c - 'A' + 'a') : fits ? c : '-';
    }
    out.resize(std::min(out.size(), max_name));
    return out.empty() ? "unnamed" : out;
}

/// OPENAI_API_KEY for openai and _API_KEY. No variable begins with a digit.
std::string own_variable(const std::string& provider, std::string_view suffix)
{
    auto name = concat(variable_prefix(provider), suffix);
    if (!is_variable_name(name)) name.insert(0, "_");
    return name;
}

/// name, name_2, name_3 ... until one is free.
template <class IsFree>
std::string first_free(const std::string& name, IsFree is_free)
{
    auto candidate = name;
    for (int i = 2; !is_free(candidate); ++i) {
        const auto suffix = concat("_", std::to_string(i));
        candidate = concat(name.substr(0, max_name - suffix.size()), suffix);
    }
    return candidate;
}

/// The names of all ${VAR} in the text, in order of the alphabet.
std::vector<std::string> variables_of(std::string_view text)
{
    std::set<std::string> found;
    for (auto at = text.find("${"); at != text.npos; at = text.find("${", at + 2)) {
        if (at > 0 && text[at - 1] == '$') continue;  // a literal one
        const auto name = text.substr(at + 2, text.find('}', at) - at - 2);
        if (is_variable_name(name)) found.emplace(name);
    }
    return {found.begin(), found.end()};
}

std::string counted(std::size_t count, std::string_view what)
{
    return concat(std::to_string(count), " ", what, count == 1 ? "" : "s");
}

}  // namespace

std::size_t ImportDraft::add(DraftProvider provider)
{
    const auto identity = concat(
        fingerprint(provider.config),
        provider.key_variable,
        "\n",
        provider.key_digest,
        "\n",
        provider.wish
    );
    const auto same = std::ranges::find(identities_, identity);
    const auto index = static_cast<std::size_t>(same - identities_.begin());
    if (same == identities_.end()) {
        identities_.push_back(identity);
        providers_.push_back(std::move(provider));
    } else {
        auto& known = providers_[index];
        std::ranges::copy(provider.key_paths, std::back_inserter(known.key_paths));
        std::ranges::copy(provider.hidden_headers, std::back_inserter(known.hidden_headers));
    }
    return index;
}

void ImportDraft::offer(std::size_t provider, const std::string& model, bool embeddings)
{
    auto& made = providers_[provider].config;
    auto& standard = embeddings ? made.default_embedding_model : made.default_model;
    if (standard.empty()) standard = our_text(model, "");
}

void ImportDraft::add(DraftRoute route)
{
    std::vector<DraftTarget> targets;
    for (const auto& target : route.targets) {
        const auto same = std::ranges::find_if(targets, [&](const DraftTarget& each) {
            return each.provider == target.provider && each.model == target.model;
        });
        if (same == targets.end())
            targets.push_back(target);
        else
            same->weight += target.weight;
    }
    for (auto& target : targets)
        target.weight = std::clamp(target.weight, least_weight, most_weight);
    route.targets = std::move(targets);
    if (!route.targets.empty()) routes_.push_back(std::move(route));
}

void ImportDraft::add_key(
    GatewayKeyConfig key,
    const std::string& path,
    const std::string& value,
    std::string_view variable_prefix
)
{
    auto& keys = config.auth.keys;
    const auto variable = variable_in(value, variable_prefix);
    key.sha256 = variable.empty() ? sha256_hex(value) : concat("${", variable, "_SHA256}");
    if (std::ranges::find(keys, key.sha256, &GatewayKeyConfig::sha256) != keys.end())
        return report.left_out(path, "is the same key as another");
    const auto name = printable(key.name);
    key.name = first_free(our_text(name, ""), [&](const std::string& candidate) {
        return std::ranges::find(keys, candidate, &GatewayKeyConfig::name) == keys.end();
    });
    if (variable.empty())
        report.changed(
            path, "only its SHA-256 is in the result; callers go on using the key itself"
        );
    else
        report.changed(
            path,
            concat(
                "keys are kept as their SHA-256: ",
                variable,
                "_SHA256=$(printf %s \"$",
                variable,
                "\" | sha256sum | cut -d' ' -f1)"
            )
        );
    keys.push_back(std::move(key));
}

bool ImportDraft::is_free(const std::string& name, std::size_t index) const
{
    const auto taken = [&](const auto& named) {
        return std::ranges::find(named, name, [](auto& each) { return each.name; }) != named.end();
    };
    if (name == "auto" || taken(config.routes)) return false;
    const auto prefix = variable_prefix(name);
    for (std::size_t i = 0; i < providers_.size(); ++i) {
        const auto& other = providers_[i].config;
        if (i < index && variable_prefix(other.name) == prefix) return false;
        // The variable named after a provider wins over its file: another's must not.
        const bool own = i == index;
        if (!own && providers_[i].key_variable == concat(prefix, "_API_KEY")) return false;
        if (!own && other.base_url.contains(concat("${", prefix, "_BASE_URL}"))) return false;
    }
    return true;
}

void ImportDraft::name_provider(std::size_t index)
{
    auto& draft = providers_[index];
    draft.config.name = first_free(as_name(draft.wish, false), [&](const std::string& name) {
        return is_free(name, index);
    });
    auto& variable = draft.key_variable;
    if (!draft.key_digest.empty()) {
        // A key that an earlier provider has too is in that one's variable.
        const auto first =
            std::ranges::find(providers_, draft.key_digest, &DraftProvider::key_digest);
        variable =
            &*first == &draft ? own_variable(draft.config.name, "_API_KEY") : first->key_variable;
    }
    for (const auto& path : draft.key_paths)
        report.changed(path, concat("the key is not copied: put it into the variable ", variable));
    if (!draft.keyless) draft.config.api_key = concat("${", variable, "}");
    name_headers(draft);
}

void ImportDraft::name_headers(DraftProvider& draft)
{
    auto& headers = draft.config.headers;
    for (const auto& header : draft.hidden_headers) {
        const auto variable = header_variable(draft.config.name, header);
        std::ranges::find(headers, header.name, &Header::name)->value = concat("${", variable, "}");
        report.changed(
            header.path, concat("the value is not copied: put it into the variable ", variable)
        );
    }
}

/// A value that an earlier provider has too is in that one's variable.
std::string ImportDraft::header_variable(const std::string& provider, const HiddenHeader& header)
{
    auto& variable = header_variables_[{header.name, header.digest}];
    if (!variable.empty()) return variable;
    const auto wish = own_variable(provider, concat("_HEADER_", variable_prefix(header.name)));
    variable = first_free(wish, [&](const std::string& candidate) {
        return std::ranges::count(header_variables_ | std::views::values, candidate) == 0;
    });
    return variable;
}

/// A name with a slash is provider/model where it can be, which needs no route.
void ImportDraft::name_routes(bool with_slash)
{
    for (auto& draft : routes_) {
        if (draft.name.contains('/') != with_slash) continue;
        if (with_slash && draft.targets.size() == 1) {
            const auto& [provider, model, weight] = draft.targets[0];
            if (draft.name == concat(providers_[provider].config.name, "/", model)) continue;
        }
        RouteConfig route;
        route.name = first_free(as_name(draft.name, true), [&](const std::string& name) {
            const auto same = [&](const auto& each) { return each.name == name; };
            return std::ranges::none_of(config.routes, same) &&
                   std::ranges::none_of(providers_, same, &DraftProvider::config);
        });
        if (route.name != draft.name)
            report.changed(
                draft.path,
                concat("callers of \"", draft.name, "\" ask for \"", route.name, "\" now")
            );
        route.strategy = draft.strategy;
        route.fall_back_on_filter = draft.fall_back_on_filter;
        comments_[concat("routes.", route.name)] = printable(draft.about);
        for (const auto& target : draft.targets)  // their names come later
            route.targets.push_back(
                {std::to_string(target.provider), our_text(target.model, ""), target.weight}
            );
        config.routes.push_back(std::move(route));
    }
}

void ImportDraft::name_providers()
{
    for (std::size_t i = 0; i < providers_.size(); ++i) name_provider(i);
}

std::string ImportDraft::summary(
    std::string_view tool, std::string_view file, const std::vector<std::string>& variables
) const
{
    auto out = concat(
        "sluice import: ",
        printable(file),
        " (",
        tool,
        "): ",
        counted(config.providers.size(), "provider"),
        ", ",
        counted(config.routes.size(), "route"),
        ", ",
        counted(config.auth.keys.size(), "gateway key"),
        "\n"
    );
    if (!variables.empty()) out += "to be set before it starts:\n";
    for (const auto& variable : variables) out += concat("  ", variable, "\n");
    const auto section = [&](std::string_view title, const std::vector<ImportReport::Line>& lines) {
        if (!lines.empty()) out += concat(title, "\n");
        for (const auto& [path, text] : lines) out += concat("  ", path, ": ", text, "\n");
    };
    section("carried, but not as it was:", report.all_changed());
    section("so without a setting:", report.all_always_so());
    section("not carried:", report.all_left_out());
    return out;
}

ImportedConfig ImportDraft::finish(std::string_view tool, std::string_view file)
{
    name_routes(false);
    name_providers();
    name_routes(true);
    for (auto& route : config.routes)
        for (auto& target : route.targets)
            target.provider = providers_[std::stoul(target.provider)].config.name;
    for (auto& draft : providers_) config.providers.push_back(std::move(draft.config));
    if (config.providers.empty()) return {"", summary(tool, file, {})};

    const auto body = write_config(config, comments_);
    const auto variables = variables_of(write_config(config, {}));  // comments may look like one
    auto head = concat("# Made from ", printable(file), " by sluice import --from ", tool, ".\n");
    if (!variables.empty())
        head += "# These variables have to be set, in the environment or in .env:\n";
    for (const auto& variable : variables) head += concat("#   ", variable, "\n");
    return {concat(head, "\n", body), summary(tool, file, variables)};
}

}  // namespace sluice
