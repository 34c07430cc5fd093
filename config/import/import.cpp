#include "config/import/import.hpp"

#include "config/import/foreign.hpp"
#include "config/text_file.hpp"
#include "core/error.hpp"

namespace sluice {
namespace {

constexpr std::size_t max_file = 4 << 20;

/// What YAML allows and our reader does not take is left out; the rest is used.
std::expected<YamlNode, std::string> read_yaml_tree(std::string_view text, ImportReport& report)
{
    auto document = read_yaml(text);
    for (const auto& [line, column, path, message] : document.problems) {
        const auto where = concat("line ", std::to_string(line));
        if (!document.complete) return std::unexpected(concat(where, ": ", message));
        report.left_out(path.empty() ? where : concat(path, " (", where, ")"), message);
    }
    return std::move(document.root);
}

std::expected<YamlNode, std::string> read_tree(
    std::string_view tool, std::string_view text, ImportReport& report
)
{
    if (tool == "litellm") return read_yaml_tree(text, report);
    auto tree = read_json_tree(text);
    if (!tree) return std::unexpected(std::move(tree.error().message));
    return std::move(*tree);
}

}  // namespace

std::expected<ImportedConfig, std::string> import_config(
    std::string_view tool, std::string_view text, std::string_view name
)
{
    ImportDraft draft;
    const auto root = read_tree(tool, text, draft.report);
    if (!root) return std::unexpected(root.error());
    if (root->kind != YamlNode::Kind::map) return std::unexpected("is no map of settings");
    if (tool == "litellm")
        read_litellm(*root, draft);
    else if (tool == "portkey")
        read_portkey(*root, draft);
    else
        read_bifrost(*root, draft);
    return draft.finish(tool, name.substr(name.rfind('/') + 1));
}

std::expected<ImportedConfig, std::string> import_file(
    std::string_view tool, const std::string& path
)
{
    const auto text = read_text_file(path, max_file);
    if (!text) return std::unexpected(text.error());
    return import_config(tool, *text, path);
}

}  // namespace sluice
