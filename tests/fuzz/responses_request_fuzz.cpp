// Whatever the parser of /v1/responses accepts has a sound chat for its translation, keeps the
// caller's own text where nothing is put before it, and fits behind any history it has made itself.

#include "api/json_look.hpp"
#include "api/responses_request.hpp"
#include "api/stored_items.hpp"
#include "require.hpp"

#include <algorithm>

namespace {

using namespace sluice;

void check_refusal(const Error& error)
{
    require(!error.message.empty());
    require(error.kind == ErrorKind::malformed || error.kind == ErrorKind::invalid_request);
}

void check_kept(const ResponsesRequest& request)
{
    const auto input = input_json(request.input);
    std::vector<std::string> items;
    append_items(items, input, "{}");
    require(items == request.input);
    require(input_items_page("resp_1", input, "limit=100").has_value());
}

bool is_thought(const std::string& item)
{
    return text_at(object_of(item), "type") == "reasoning";
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string body(reinterpret_cast<const char*>(data), size);
    auto request = parse_responses_request(body);
    if (!request) {
        check_refusal(request.error());
        return 0;
    }
    check_kept(*request);
    if (auto resolved = resolve_references(*request, {}, {}); !resolved) {
        check_refusal(resolved.error());
        return 0;
    }
    const auto chat = translate_to_chat(*request, {});
    if (!chat) {
        check_refusal(chat.error());
        return 0;
    }
    require(chat->dialect == Dialect::responses);
    require(chat->document.contains("messages"));
    const bool as_it_came =
        request->previous.empty() && std::ranges::none_of(request->input, is_thought);
    if (as_it_came) require(chat->native.text() == body);
    // What was accepted once can be continued.
    require(translate_to_chat(*request, request->input).has_value());
    return 0;
}
