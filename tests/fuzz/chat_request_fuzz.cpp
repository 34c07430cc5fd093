// Whatever the chat parser accepts is JSON with messages, and says of itself what its text says.

#include "api/openai_chat.hpp"
#include "require.hpp"

#include <boost/json/parse.hpp>

namespace {

using namespace sluice;

constexpr int status_malformed = 400;
constexpr int status_broken_rule = 422;

void check_refusal(const Error& error)
{
    require(!error.message.empty());
    if (error.kind == ErrorKind::malformed)
        require(status_of(error) == status_malformed);
    else
        require(status_of(error) == status_broken_rule);
}

void check_request(const ChatRequest& chat)
{
    boost::json::error_code error;
    const auto tree =
        boost::json::parse(chat.document.text(), error, {}, {.max_depth = json::max_depth});
    if (error == boost::json::error::exponent_overflow)
        return;  // grammar allows what Boost refuses
    require(!error);
    const auto& body = tree.as_object();
    require(!body.at("messages").as_array().empty());
    const auto* model = body.if_contains("model");
    require(
        chat.model == (model && model->is_string() ? std::string_view(model->get_string()) : "")
    );
    const auto* stream = body.if_contains("stream");
    require(chat.stream == (stream && stream->is_bool() && stream->get_bool()));
    require(chat.needs.n >= 1 && chat.needs.n <= 128);
    require(chat.max_tokens.value_or(1) >= 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string body(reinterpret_cast<const char*>(data), size);
    const auto chat = parse_chat_request(body);
    if (!chat) {
        check_refusal(chat.error());
        return 0;
    }
    check_request(*chat);
    // Accepted once, accepted as it stands.
    const auto again = parse_chat_request(chat->document.text());
    require(again && again->document.text() == chat->document.text());
    return 0;
}
