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
        if (std::ranges::find(names, document.key(member)) == names.end())
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
    auto call = translator.encode(*chat, deployment, {});
    if (!call) return;  // unfit
    const auto sent = call->request.body.insert(call->request.lent_after, call->request.lent);
    constexpr std::array<std::string_view, 5> edited{
        "model", "max_tokens", "max_completion_tokens", "stream_options", "stream"
    };
    require_same(chat->document.text(), sent, edited);
}

/// Reads the answers of all that speak OpenAI's dialect.
const AnswerReader& reader()
{
    static const Endpoint endpoint;
    const auto* provider = find_provider("openai_compatible");
    return *provider->translator->encode({}, {&endpoint, "m", {}, {}}, {}).value().reader;
}

std::optional<std::string> native_chunk(const std::string& data, bool opening)
{
    const SseEvent event{.type = "message", .data = data, .id = {}};
    ChatDelta delta;
    if (!reader().stream_decoder()->on_event(event, delta)) return std::nullopt;
    delta.native = NativeEvent{.type = "message", .data = data};
    if (!serves_as_it_came(delta, opening)) return std::nullopt;
    std::string out;
    append_native_chunk(out, delta);
    return out;
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
    auto response = reader().decode_native(body);
    if (!response) return;
    response->native = body;
    if (!response->usage) response->usage = Usage{};
    const auto shown = native_completion(std::move(*response), {.model = "m"});
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
