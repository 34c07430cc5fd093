#pragma once

#include "providers/translator.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>

namespace sluice::anthropic {

/// Reads a message of the Messages API. ErrorKind::bad_response where it is none; where it carries
/// an error after all, that error, classified.
Result<ChatResponse> decode_message(std::string_view body);

/// decode_message and MessageStreamDecoder; lives as long as the process.
const AnswerReader& messages_reader();

/// What a stop_reason says to a chat; a reason not known is a plain stop, none is
/// FinishReason::none.
FinishReason finish_of(std::string_view stop_reason);

/// The counts of a usage object, put over those known so far: a stream sends it in pieces, each
/// count being the latest sum.
class UsageCounts {
public:
    void add(const boost::json::object& usage);
    /// In OpenAI's terms, where what came from the cache is part of the prompt.
    Usage usage() const;

private:
    std::int64_t input_ = 0;
    std::int64_t cache_read_ = 0;
    std::int64_t cache_write_ = 0;
    std::int64_t output_ = 0;
    std::int64_t thinking_ = 0;
};

}  // namespace sluice::anthropic
