#include "providers/gemini/logprobs.hpp"

#include "core/json.hpp"
#include "providers/tree.hpp"

#include <utility>

namespace sluice::gemini {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;
using tree::array_at;
using tree::object_in;

object token_of(const value& candidate)
{
    const auto& from = object_in(candidate);
    const auto token = tree::string_at(from, "token");
    array bytes;
    for (const char c : token) bytes.emplace_back(static_cast<unsigned char>(c));
    const auto* probability = from.if_contains("logProbability");
    return {
        {"token", token},
        {"logprob", probability && probability->is_number() ? *probability : value(0)},
        {"bytes", std::move(bytes)}
    };
}

}  // namespace

std::string chat_logprobs(const object& result)
{
    const auto& chosen = array_at(result, "chosenCandidates");
    if (chosen.empty()) return {};
    const auto& top = array_at(result, "topCandidates");
    array content;
    for (std::size_t i = 0; i < chosen.size(); ++i) {
        array others;
        if (const auto* step = top.if_contains(i))
            for (const auto& candidate : array_at(object_in(*step), "candidates"))
                others.push_back(token_of(candidate));
        auto token = token_of(chosen[i]);
        token["top_logprobs"] = std::move(others);
        content.push_back(std::move(token));
    }
    return json::serialize(object{{"content", std::move(content)}, {"refusal", nullptr}});
}

}  // namespace sluice::gemini
