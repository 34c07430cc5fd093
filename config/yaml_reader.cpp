#include "config/yaml_reader.hpp"

#include "core/error.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <map>
#include <optional>
#include <streambuf>
#include <utility>

namespace sluice {
namespace {

constexpr int max_nodes = 20'000;  ///< aliases counted as what they stand for
constexpr std::size_t max_depth = 32;
constexpr std::size_t max_problems = 100;

/// Thrown through the parser to end it.
struct GiveUp {};

int node_count(const YamlNode& node)
{
    int count = 1;
    for (const auto& item : node.items) count += node_count(item);
    for (const auto& member : node.members) count += node_count(member.value);
    return count;
}

std::size_t depth_of(const YamlNode& node)
{
    std::size_t deepest = 0;
    for (const auto& item : node.items) deepest = std::max(deepest, depth_of(item));
    for (const auto& member : node.members) deepest = std::max(deepest, depth_of(member.value));
    return deepest + 1;
}

/// Grows the tree from the parser's events.
class TreeBuilder final : public YAML::EventHandler {
public:
    explicit TreeBuilder(YamlDocument& document) : document_(document) {}

    void OnDocumentStart(const YAML::Mark&) override {}
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override
    {
        finish(node_at(mark, YamlNode::Kind::null), anchor);
    }
    void OnScalar(
        const YAML::Mark& mark,
        const std::string& tag,
        YAML::anchor_t anchor,
        const std::string& value
    ) override
    {
        check_tag(mark, tag);
        auto node = node_at(mark, YamlNode::Kind::scalar);
        node.text = value;
        node.quoted = tag == "!";
        finish(std::move(node), anchor);
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override
    {
        const auto known = anchors_.find(anchor);
        if (known == anchors_.end()) {
            problem(mark, "an alias within the very value it stands for");
            throw GiveUp{};
        }
        count(mark, node_count(known->second));
        if (open_.size() + depth_of(known->second) > max_depth) too_deep(mark);
        attach(YamlNode(known->second));
    }
    void OnSequenceStart(
        const YAML::Mark& mark,
        const std::string& tag,
        YAML::anchor_t anchor,
        YAML::EmitterStyle::value
    ) override
    {
        check_tag(mark, tag);
        open(mark, YamlNode::Kind::list, anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(
        const YAML::Mark& mark,
        const std::string& tag,
        YAML::anchor_t anchor,
        YAML::EmitterStyle::value
    ) override
    {
        check_tag(mark, tag);
        open(mark, YamlNode::Kind::map, anchor);
    }
    void OnMapEnd() override { close(); }

    void problem(const YAML::Mark& mark, std::string message)
    {
        document_.problems.push_back({mark.line + 1, mark.column + 1, path(), std::move(message)});
        if (document_.problems.size() >= max_problems) throw GiveUp{};
    }

private:
    /// A list or map whose end has not come yet.
    struct Open {
        YamlNode node;
        YAML::anchor_t anchor;
        std::optional<YamlMember> member;  ///< its key is known, its value is to come
        bool drop = false;                 ///< that value is reported and left out
    };

    YamlDocument& document_;
    std::vector<Open> open_;
    std::map<YAML::anchor_t, YamlNode> anchors_;
    int nodes_ = 0;

    static YamlNode node_at(const YAML::Mark& mark, YamlNode::Kind kind)
    {
        YamlNode node;
        node.kind = kind;
        node.line = mark.line + 1;
        node.column = mark.column + 1;
        return node;
    }

    void count(const YAML::Mark& mark, int nodes)
    {
        nodes_ += nodes;
        if (nodes_ <= max_nodes) return;
        problem(mark, "too many values in one file (aliases count as what they stand for)");
        throw GiveUp{};
    }

    void too_deep(const YAML::Mark& mark)
    {
        problem(mark, "nested too deeply");
        throw GiveUp{};
    }

    void check_tag(const YAML::Mark& mark, const std::string& tag)
    {
        if (!tag.empty() && tag != "?" && tag != "!")
            problem(mark, "tags such as !!str are not taken");
    }

    void open(const YAML::Mark& mark, YamlNode::Kind kind, YAML::anchor_t anchor)
    {
        count(mark, 1);
        if (open_.size() >= max_depth) too_deep(mark);
        open_.push_back({node_at(mark, kind), anchor, {}, false});
    }

    void close()
    {
        Open done = std::move(open_.back());
        open_.pop_back();
        if (done.anchor) anchors_[done.anchor] = done.node;
        attach(std::move(done.node));
    }

    void finish(YamlNode node, YAML::anchor_t anchor)
    {
        count(mark_of(node), 1);
        if (anchor) anchors_[anchor] = node;
        attach(std::move(node));
    }

    void attach(YamlNode node)
    {
        if (open_.empty()) {
            document_.root = std::move(node);
            return;
        }
        auto& parent = open_.back();
        if (parent.node.kind == YamlNode::Kind::list) {
            parent.node.items.push_back(std::move(node));
        } else if (!parent.member) {
            begin_member(parent, std::move(node));
        } else {
            if (node.kind ==
                YamlNode::Kind::null) {  // the library says where the next thing begins
                node.line = parent.member->line;
                node.column = parent.member->column;
            }
            parent.member->value = std::move(node);
            if (!parent.drop) parent.node.members.push_back(std::move(*parent.member));
            parent.member.reset();
        }
    }

    void begin_member(Open& parent, YamlNode key)
    {
        parent.drop = true;
        if (key.kind != YamlNode::Kind::scalar) {
            problem(mark_of(key), "a key must be a text");
        } else if (key.text == "<<" && !key.quoted) {
            problem(
                mark_of(key),
                "merge keys (<<) are not taken; write the settings out, or alias a whole value"
            );
        } else if (const auto* first = find(parent.node, key.text)) {
            problem(
                mark_of(key),
                concat(
                    "\"",
                    key.text,
                    "\" stands here twice (first in line ",
                    std::to_string(first->line),
                    ")"
                )
            );
        } else {
            parent.drop = false;
        }
        parent.member = YamlMember{std::move(key.text), key.line, key.column, {}};
    }

    static const YamlMember* find(const YamlNode& map, std::string_view key)
    {
        const auto found = std::ranges::find(map.members, key, &YamlMember::key);
        return found == map.members.end() ? nullptr : &*found;
    }

    static YAML::Mark mark_of(const YamlNode& node)
    {
        YAML::Mark mark;
        mark.line = node.line - 1;
        mark.column = node.column - 1;
        return mark;
    }

    std::string path() const
    {
        std::string out;
        for (const auto& level : open_) {
            if (level.node.kind == YamlNode::Kind::list)
                out += concat("[", std::to_string(level.node.items.size()), "]");
            else if (level.member)
                out += concat(out.empty() ? "" : ".", level.member->key);
        }
        return out;
    }
};

/// Reads the caller's bytes in place.
class ViewBuffer : public std::streambuf {
public:
    explicit ViewBuffer(std::string_view text)
    {
        char* begin = const_cast<char*>(text.data());  // the get area is only read
        setg(begin, begin, begin + text.size());
    }
};

}  // namespace

YamlDocument read_yaml(std::string_view text)
{
    YamlDocument document;
    TreeBuilder builder(document);
    ViewBuffer buffer(text);
    std::istream stream(&buffer);
    try {
        YAML::Parser parser(stream);
        YamlDocument second;
        TreeBuilder rest(second);
        if (parser.HandleNextDocument(builder) && parser.HandleNextDocument(rest))
            document.problems.push_back(
                {second.root.line, second.root.column, "", "a second document; only one is taken"}
            );
    } catch (const YAML::Exception& error) {
        document.complete = false;
        auto mark = error.mark;
        if (mark.is_null()) mark.line = mark.column = 0;
        document.problems.push_back(
            {mark.line + 1, mark.column + 1, "", concat("not YAML: ", error.msg)}
        );
    } catch (const GiveUp&) {
        document.complete = false;
    }
    return document;
}

}  // namespace sluice
