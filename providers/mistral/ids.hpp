#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace sluice::mistral {

/// Gives the tool call ids of one request the form Mistral insists on: nine of [A-Za-z0-9]. An id
/// of that form passes unchanged, any other becomes the start of base62(SHA-256(id)): the same in
/// every request, so that nothing need be remembered between the turns of a conversation.
class ToolIds {
public:
    /// The id to send; a call and its result get the same one, two different ids never do. Valid as
    /// long as this object.
    std::string_view map(std::string_view id);

private:
    std::unordered_map<std::string, std::string> sent_;  // by the caller's id
    std::unordered_set<std::string> taken_;
};

}  // namespace sluice::mistral
