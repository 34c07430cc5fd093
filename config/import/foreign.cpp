#include "config/import/foreign.hpp"

#include "core/json.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace sluice {
namespace {

std::string snake_case(std::string_view key)
{
    std::string out;
    for (const char c : key) {
        const bool capital = c >= 'A' && c <= 'Z';
        if (capital && !out.empty() && out.back() != '_') out += '_';
        out += capital ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return out;
}

YamlNode scalar_node(std::string text, bool quoted)
{
    YamlNode node;
    node.kind = YamlNode::Kind::scalar;
    node.text = std::move(text);
    node.quoted = quoted;
    return node;
}

YamlNode node_of(const boost::json::value& value)
{
    if (value.is_null()) return {};
    if (const auto* text = value.if_string())
        return scalar_node({text->data(), text->size()}, true);
    YamlNode node;
    if (const auto* array = value.if_array()) {
        node.kind = YamlNode::Kind::list;
        for (const auto& item : *array) node.items.push_back(node_of(item));
    } else if (const auto* object = value.if_object()) {
        node.kind = YamlNode::Kind::map;
        for (const auto& [key, member] : *object)
            node.members.push_back({std::string(key), 1, 1, node_of(member)});
    } else {
        return scalar_node(json::serialize(value), false);
    }
    return node;
}

std::string shortened(double value)
{
    std::string out;
    json::append_number(out, value);
    return out;
}

}  // namespace

ForeignMap::ForeignMap(const YamlNode* node, std::string path, ImportReport& report)
    : path_(std::move(path)), report_(&report)
{
    if (!node || node->kind == YamlNode::Kind::null) return;
    if (node->kind == YamlNode::Kind::map)
        node_ = node;
    else
        report.left_out(path_, "is no map");
}

std::string ForeignMap::path(std::string_view key) const
{
    return path_.empty() ? std::string(key) : concat(path_, ".", key);
}

std::span<const YamlMember> ForeignMap::members()
{
    if (!node_) return {};
    for (const auto& member : node_->members) taken_.insert(member.key);
    return node_->members;
}

const YamlNode* ForeignMap::take(std::string_view key)
{
    if (!node_) return nullptr;
    const YamlNode* found = nullptr;
    for (const auto& member : node_->members) {
        if (member.key != key && snake_case(member.key) != key) continue;
        taken_.insert(member.key);
        if (!found && member.value.kind != YamlNode::Kind::null) found = &member.value;
    }
    return found;
}

ForeignMap ForeignMap::map(std::string_view key)
{
    return {take(key), path(key), *report_};
}

std::span<const YamlNode> ForeignMap::list(std::string_view key)
{
    const auto* node = take(key);
    if (!node) return {};
    if (node->kind == YamlNode::Kind::list) return node->items;
    report_->left_out(path(key), "is no list");
    return {};
}

const YamlNode* ForeignMap::scalar(std::string_view key)
{
    const auto* node = take(key);
    if (!node || node->kind == YamlNode::Kind::scalar) return node;
    report_->left_out(path(key), "is no single value");
    return nullptr;
}

std::optional<std::string> ForeignMap::text(std::string_view key)
{
    const auto* node = scalar(key);
    return node && !node->text.empty() ? std::optional(node->text) : std::nullopt;
}

std::optional<bool> ForeignMap::flag(std::string_view key)
{
    const auto* node = scalar(key);
    if (!node) return std::nullopt;
    const auto word = snake_case(node->text);
    if (word == "true" || word == "yes" || word == "on" || word == "_true") return true;
    if (word == "false" || word == "no" || word == "off" || word == "_false") return false;
    report_->left_out(path(key), "is neither true nor false");
    return std::nullopt;
}

std::optional<double> ForeignMap::number(std::string_view key, double min, double max)
{
    const auto* node = scalar(key);
    if (!node) return std::nullopt;
    const auto value = number_of(*node);
    if (value && *value >= min && *value <= max) return value;
    report_->left_out(
        path(key),
        value ? concat("is not within ", shortened(min), " and ", shortened(max)) : "is no number"
    );
    return std::nullopt;
}

void ForeignMap::leave(std::string_view key, std::string_view why)
{
    if (take(key)) report_->left_out(path(key), why);
}

void ForeignMap::rest(std::span<const ForeignKey> known)
{
    if (!node_) return;
    for (const auto& member : node_->members) {
        if (taken_.contains(member.key)) continue;
        const auto found = std::ranges::find(known, snake_case(member.key), &ForeignKey::key);
        if (found == known.end())
            report_->left_out(path(member.key), "nothing here is like it");
        else if (found->always_so)
            report_->always_so(path(member.key), found->why);
        else
            report_->left_out(path(member.key), found->why);
    }
}

std::string indexed(std::string_view path, std::size_t index)
{
    return concat(path, "[", std::to_string(index), "]");
}

std::optional<double> number_of(const YamlNode& node)
{
    double value = 0;
    const auto* end = node.text.data() + node.text.size();
    const auto [at, error] = std::from_chars(node.text.data(), end, value);
    if (node.kind != YamlNode::Kind::scalar || error != std::errc{} || at != end ||
        !std::isfinite(value))
        return std::nullopt;
    return value;
}

Result<YamlNode> read_json_tree(std::string_view text)
{
    auto tree = json::parse_tree(text);
    if (!tree) return std::unexpected(std::move(tree).error());
    return node_of(*tree);
}

}  // namespace sluice
