#pragma once

#include "core/json.hpp"
#include "tokens/text_measure.hpp"

#include <cstdint>
#include <string_view>

namespace sluice {

struct ChatTally {
    std::int64_t tokens = 0;
    bool text_only = true;  ///< roles, names and texts, whose frame is known to the token
};

/// One message of OpenAI's chat completions, as valid JSON text.
ChatTally tally_message(const TextMeasure& measure, std::string_view message);
/// A whole request: its messages, the tools and the schema that the model gets to see.
ChatTally tally_chat(const TextMeasure& measure, const json::Document& chat);

}  // namespace sluice
