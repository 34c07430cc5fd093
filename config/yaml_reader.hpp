#pragma once

#include <string>
#include <string_view>
#include <vector>

/// YAML text -> a plain tree with places, so that nothing else knows the YAML library.
namespace sluice {

struct YamlMember;

struct YamlNode {
    enum class Kind { null, scalar, list, map };
    Kind kind = Kind::null;
    int line = 1;  ///< from 1
    int column = 1;
    std::string text;  ///< of a scalar
    bool quoted = false;
    std::vector<YamlNode> items;      ///< of a list
    std::vector<YamlMember> members;  ///< of a map, in the order of the file; each key once
};

struct YamlMember {
    std::string key;
    int line = 1;
    int column = 1;
    YamlNode value;
};

struct YamlProblem {
    int line = 1;
    int column = 1;
    std::string path;  ///< server.listen[0]
    std::string message;
};

struct YamlDocument {
    YamlNode root;  ///< null where the text is empty
    std::vector<YamlProblem> problems;
    bool complete = true;  ///< false: the text could not be read to its end
};

/// Stricter than YAML: a duplicate key, a merge key (<<), a tag, a key that is no text and a second
/// document are problems; aliases stand for copies, within bounds of size and depth.
YamlDocument read_yaml(std::string_view text);

}  // namespace sluice
