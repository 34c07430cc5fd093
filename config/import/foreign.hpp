#pragma once

#include "config/import/report.hpp"
#include "config/yaml_reader.hpp"
#include "core/error.hpp"

#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// A key of the other gateway's file that has no counterpart, and why.
struct ForeignKey {
    std::string_view key;
    std::string_view why;
    bool always_so = false;  ///< what it asks for is so here without a setting; why: how
};

/// A map of the other gateway's file. Remembers what was looked up, so that rest() can tell of
/// everything else. Keys are compared in snake_case: maxRetries is max_retries.
class ForeignMap {
public:
    /// node: nullptr or null is an empty map; anything else that is no map is reported.
    ForeignMap(const YamlNode* node, std::string path, ImportReport& report);

    bool empty() const { return !node_ || node_->members.empty(); }
    const std::string& path() const { return path_; }
    std::string path(std::string_view key) const;
    /// The members in the order of the file, for maps whose keys are names. Counts as looked up.
    std::span<const YamlMember> members();

    /// nullptr: not there, or null.
    const YamlNode* take(std::string_view key);
    ForeignMap map(std::string_view key);
    std::span<const YamlNode> list(std::string_view key);
    // Where something else stands than was asked for, it is reported.
    std::optional<std::string> text(std::string_view key);
    std::optional<bool> flag(std::string_view key);
    /// Within bounds; what lies outside is reported.
    std::optional<double> number(std::string_view key, double min, double max);

    /// Reports the key, where it is there.
    void leave(std::string_view key, std::string_view why);
    /// Reports all that nobody looked up: as the table says, or that nothing here is like it.
    void rest(std::span<const ForeignKey> known = {});

private:
    const YamlNode* node_ = nullptr;
    std::string path_;
    ImportReport* report_;
    std::set<std::string, std::less<>> taken_;

    const YamlNode* scalar(std::string_view key);
};

/// path[index]
std::string indexed(std::string_view path, std::size_t index);
std::optional<double> number_of(const YamlNode& node);
/// JSON text as the tree that YAML gives, without places. A duplicate key: the last one.
Result<YamlNode> read_json_tree(std::string_view text);

}  // namespace sluice
