// Whatever the parser of Anthropic's requests accepts is, translated, a sound chat completion, and
// accepted again as it stands.

#include "api/messages_request.hpp"
#include "api/openai_chat.hpp"
#include "require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace sluice;
    const std::string body(reinterpret_cast<const char*>(data), size);
    const auto chat = parse_messages_request(body);
    if (!chat) {
        require(!chat.error().message.empty());
        return 0;
    }
    require(chat->dialect == Dialect::messages);
    const auto translated = parse_chat_request(chat->document.text());
    require(translated && translated->document.text() == chat->document.text());
    require(translated->model == chat->model && translated->stream == chat->stream);
    // What it takes out of the caller's own words stays out.
    const auto again = parse_messages_request(chat->native.text());
    require(!again || again->native.text() == chat->native.text());
    require(parse_token_count_request(body).has_value());
    return 0;
}
