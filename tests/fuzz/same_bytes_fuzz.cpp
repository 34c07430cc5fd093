// Between a caller and a provider of the same dialect no byte changes but those of the members that
// must: the input is taken as a chat request, as a whole answer and as a chunk of one.

#include "api/native_completion.hpp"
#include "api/openai_chat.hpp"
#include "providers/registry.hpp"
#include "require.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>

namespace {

using namespace sluice;
using Names = std::span<const std::string_view>;

/// The key and value of every member that is not named, in order.
std::string rest_of(const json::Document& document, Names names)
{
    std::string out;
    for (const auto& member : document.members())
        if (std::ranges::find(names, member.key) == names.end())
            out += document.text().substr(member.begin, member.value_end - member.begin) + '\n';
    return out;
}

void require_same(const std::string& before, const std::string& after, Names names)
{
    const auto first = json::Document::parse(before);
    const auto second = json::Document::parse(after);
    require(first && second);
    require(rest_of(*first, names) == rest_of(*second, names));
}

void check_request(const std::string& body)
{
    auto chat = parse_chat_request(body);
    if (!chat) return;
    chat->dialect = Dialect::chat_completions;
    const Endpoint endpoint;
    Deployment deployment;
    deployment.endpoint = &endpoint;
    deployment.model = "its-own";
    const auto& translator = *find_provider("openai_compatible")->translator;
    const auto call = translator.encode(*chat, deployment, {});
    if (!call) return;  // unfit
    constexpr std::array<std::string_view, 5> edited{
        "model", "max_tokens", "max_completion_tokens", "stream_options", "stream"
    };
    require_same(chat->document.text(), call->request.body, edited);
}

std::optional<std::string> native_chunk(std::string_view data, bool opening)
{
    std::string out = "before";
    if (append_native_chunk(out, data, opening)) return out.substr(6);
    return std::nullopt;
}

void check_chunk(const std::string& data)
{
    const auto chunk = native_chunk(data, false);
    if (!chunk) return;
    require(!chunk->contains('\n') && !chunk->contains('\r'));
    constexpr std::array<std::string_view, 3> removed{"usage", "obfuscation", "x_groq"};
    require_same(data, *chunk, removed);
    require(!json::Document::parse(*chunk)->contains("usage"));
}

void check_answer(const std::string& body)
{
    if (!json::Document::parse(body)) return;
    ChatResponse response;
    response.native = body;
    auto& choice = response.choices.emplace_back();
    choice.content = "a";
    choice.finish = FinishReason::stop;
    response.usage = Usage{};
    const auto shown = native_completion(response, {.model = "m"});
    constexpr std::array<std::string_view, 6> put{
        "id", "object", "created", "model", "choices", "usage"
    };
    require_same(body, shown, put);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string text(reinterpret_cast<const char*>(data), size);
    check_request(text);
    check_chunk(text);
    check_answer(text);
    return 0;
}
