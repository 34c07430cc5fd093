#include "config/settings_reader.hpp"

#include "config/settings.hpp"
#include "core/error.hpp"

#include <algorithm>

namespace sluice {
namespace {

/// `provider/model` for a target; other elements have no short form.
bool read_short_form(const std::string& text, TargetConfig& target)
{
    const auto slash = std::min(text.find('/'), text.size());
    target.provider = text.substr(0, slash);
    target.model = text.substr(std::min(slash + 1, text.size()));
    return true;
}
template <class T>
bool read_short_form(const std::string&, T&)
{
    return false;
}

std::string_view word_for(YamlNode::Kind kind)
{
    switch (kind) {
        case YamlNode::Kind::null: return "nothing";
        case YamlNode::Kind::scalar: return "a single value";
        case YamlNode::Kind::list: return "a list";
        case YamlNode::Kind::map: return "a map";
    }
    std::unreachable();
}

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

/// Walks the table of settings along the file's tree.
class SettingsReader {
public:
    SettingsReader(
        std::string_view file, const Variables& variables, Findings& findings, Places& places
    )
        : file_(file), variables_(variables), findings_(findings), places_(places)
    {
    }

    template <class Body>
    void map(const YamlNode& node, const std::string& path, Body body)
    {
        if (!is(node, YamlNode::Kind::map, path)) return;
        places_[path] = place(node);
        Level level{&node, path, {}};
        std::swap(level, level_);
        body();
        report_unknown();
        std::swap(level, level_);
    }

    template <class T>
    void setting(std::string_view key, T& member, std::string_view, const Rule& rule = {})
    {
        const auto* node = find(key);
        if (!node) return;
        const auto path = below(key);
        if (is_optional<T> && node->kind == YamlNode::Kind::null) return;
        if (auto text = scalar(*node, path)) take(read_value(*text, rule, member), *node, path);
    }
    void setting(
        std::string_view key, std::vector<std::string>& member, std::string_view, const Rule& = {}
    )
    {
        const auto* node = find(key);
        const auto path = below(key);
        if (!node || !is(*node, YamlNode::Kind::list, path)) return;
        places_[path] = place(*node);
        member.clear();
        for (const auto& item : node->items) {
            const auto own = element(path, member.size());
            places_[own] = place(item);
            if (auto text = scalar(item, own)) member.emplace_back(text->text);
        }
    }
    void setting(std::string_view key, Headers& member, std::string_view, const Rule&)
    {
        const auto* node = find(key);
        const auto path = below(key);
        if (!node || !is(*node, YamlNode::Kind::map, path)) return;
        places_[path] = place(*node);
        member.clear();
        for (const auto& [name, line, column, value] : node->members) {
            const auto own = concat(path, ".", name);
            places_[own] = {std::string(file_), line, column};
            if (auto text = scalar(value, own)) member.push_back({name, std::string(text->text)});
        }
    }
    template <class Body>
    void group(std::string_view key, std::string_view, Body body)
    {
        if (const auto* node = find(key)) map(*node, below(key), body);
    }
    template <class T>
    void named(std::string_view key, std::vector<T>& members, std::string_view)
    {
        const auto* node = find(key);
        const auto path = below(key);
        if (!node || !is(*node, YamlNode::Kind::map, path)) return;
        places_[path] = place(*node);
        for (const auto& [name, line, column, value] : node->members) {
            auto& member = members.emplace_back();
            member.name = name;
            const auto own = concat(path, ".", name);
            map(value, own, [&] { describe(*this, member); });
            places_[own] = {std::string(file_), line, column};
        }
    }
    template <class T>
    void list(std::string_view key, std::vector<T>& members, std::string_view)
    {
        const auto* node = find(key);
        const auto path = below(key);
        if (!node || !is(*node, YamlNode::Kind::list, path)) return;
        places_[path] = place(*node);
        for (const auto& item : node->items) {
            const auto own = element(path, members.size());
            auto& member = members.emplace_back();
            places_[own] = place(item);
            if (item.kind == YamlNode::Kind::scalar) {
                if (const auto text = scalar(item, own);
                    text && read_short_form(std::string(text->text), member))
                    continue;
            }
            map(item, own, [&] { describe(*this, member); });
        }
    }

private:
    struct Level {
        const YamlNode* node = nullptr;
        std::string path;
        std::vector<std::string> known;  ///< keys that the table has here
    };

    std::string_view file_;
    const Variables& variables_;
    Findings& findings_;
    Places& places_;
    Level level_;
    std::string expanded_;  ///< what scalar() returned a view of

    Place place(const YamlNode& node) const { return {std::string(file_), node.line, node.column}; }
    std::string below(std::string_view key) const
    {
        return level_.path.empty() ? std::string(key) : concat(level_.path, ".", key);
    }
    static std::string element(std::string_view path, std::size_t index)
    {
        return concat(path, "[", std::to_string(index), "]");
    }

    const YamlNode* find(std::string_view key)
    {
        level_.known.emplace_back(key);
        const auto found = std::ranges::find(level_.node->members, key, &YamlMember::key);
        return found == level_.node->members.end() ? nullptr : &found->value;
    }

    void report_unknown()
    {
        for (const auto& [key, line, column, value] : level_.node->members)
            if (std::ranges::find(level_.known, key) == level_.known.end())
                findings_.add(
                    {std::string(file_), line, column},
                    below(key),
                    concat("no such setting", did_you_mean(key, level_.known))
                );
    }

    /// An empty value, as a section has whose settings are all commented out, leaves the defaults.
    bool is(const YamlNode& node, YamlNode::Kind kind, std::string_view path)
    {
        if (node.kind != kind && node.kind != YamlNode::Kind::null)
            findings_.add(
                place(node), path, concat("must be ", word_for(kind), ", not ", word_for(node.kind))
            );
        return node.kind == kind;
    }

    /// The scalar with its variables replaced; nullopt where it is none, which is reported.
    std::optional<Scalar> scalar(const YamlNode& node, std::string_view path)
    {
        if (node.kind != YamlNode::Kind::scalar) {
            findings_.add(
                place(node),
                path,
                node.kind == YamlNode::Kind::null
                    ? std::string("has no value; write \"\" for an empty one, or leave the line out"
                      )
                    : concat("must be a single value, not ", word_for(node.kind))
            );
            return std::nullopt;
        }
        if (!has_expansion(node.text)) return Scalar{node.text, node.quoted};
        auto text = expand(node.text, variables_);
        if (!text) {
            findings_.add(place(node), path, std::move(text.error()));
            return std::nullopt;
        }
        expanded_ = std::move(*text);
        return Scalar{
            expanded_, false
        };  // some YAML wants quotes around ${...}, whatever comes of it
    }

    void take(Complaint complaint, const YamlNode& node, const std::string& path)
    {
        if (complaint)
            findings_.add(place(node), path, std::move(*complaint));
        else
            places_[path] = place(node);
    }
};

}  // namespace

void read_settings(
    const YamlNode& root,
    std::string_view file,
    const Variables& variables,
    Config& config,
    Findings& findings,
    Places& places
)
{
    SettingsReader reader(file, variables, findings, places);
    reader.map(root, "", [&] { describe(reader, config); });
}

}  // namespace sluice
