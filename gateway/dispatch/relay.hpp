#pragma once

#include "core/chat.hpp"
#include "core/task.hpp"
#include "core/time.hpp"
#include "dispatch/chat_stream.hpp"

#include <cstddef>
#include <optional>
#include <span>

namespace sluice {

/// Where a stream's deltas go: the caller, in the form of its surface. An error means that the
/// caller is gone.
class StreamSink {
public:
    virtual ~StreamSink() = default;
    /// False: there was nothing in them for the caller.
    virtual Task<Result<bool>> write(std::span<const ChatDelta> deltas) = 0;
    virtual Task<Result<void>> keep_alive() = 0;
};

struct RelayRules {
    milliseconds between_tokens;
    TimePoint deadline;
    /// Read the rest for its usage; else the provider is stopped at once.
    bool drain_when_caller_left = false;
    /// The caller left before the first piece.
    bool caller_left = false;
    /// So long a silence is filled with a comment, lest something on the way takes the stream for
    /// dead.
    milliseconds keep_alive = std::chrono::seconds(15);
};

/// How a relayed stream ended.
struct RelayOutcome {
    std::optional<Error> error;  ///< nullopt: complete, with a finish reason
    bool complete = false;       ///< the provider said all, whoever was there to hear it
    bool caller_left = false;
    boost::container::small_vector<FinishReason, 2> finish;  ///< of each choice that came so far
    std::optional<Usage> usage;                              ///< as the provider sent it
    std::size_t output_bytes =
        0;  ///< of text and tool arguments, for an estimate where it sent none
};

/// Passes a stream on, piece by piece as it arrives: a slow caller slows its own upstream. Returns
/// when it is complete, failed, or the caller left; the sink then has everything that came.
Task<RelayOutcome> relay(StreamedChat& chat, StreamSink& sink, RelayRules rules);

}  // namespace sluice
