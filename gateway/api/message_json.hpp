#pragma once

#include "core/chat.hpp"

#include <string>
#include <string_view>

/// The pieces of Anthropic's message that an answer in one piece and a stream have in common.
namespace sluice {

/// "msg_..." for answers of providers whose ids look otherwise.
std::string message_id(std::string_view upstream_id, std::string_view request_id);
/// {"input_tokens",...}: what was read from a cache or written to one is counted apart.
std::string message_usage_json(const Usage& usage);

/// What an answer showed beside its text, for the reason why it stopped.
struct Shown {
    bool tool_calls = false;
    bool refusal = false;
};
std::string_view stop_reason(FinishReason finish, Shown shown);

}  // namespace sluice
