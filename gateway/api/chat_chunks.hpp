#pragma once

#include "api/usage_json.hpp"
#include "core/chat.hpp"
#include "core/error.hpp"

#include <boost/container/small_vector.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// Writes one canonical stream as OpenAI's chunks, in the one form that every client accepts
/// (provider-apis.md section 7.2): one choice a chunk, finish_reason always there, never
/// "usage":null, the role first and once, usage on the last chunk with a finish reason.
class ChunkWriter {
public:
    /// id, model and created stand in where the upstream names none. include_usage: the caller
    /// asked for a chunk of its own with the usage.
    ChunkWriter(std::string id, std::string_view model, std::int64_t created, bool include_usage);

    /// Appends the events of this delta, none where it has nothing to show. A finish reason is held
    /// until finish(), because usage comes after it and rides on it. usage in the delta is not
    /// looked at.
    void append(std::string& out, const ChatDelta& delta);
    /// Appends the end of a stream whose choices have all finished: what was held, the usage,
    /// [DONE].
    void finish(std::string& out, const std::optional<Usage>& usage);

private:
    struct ChoiceState {
        int index;
        FinishReason finish = FinishReason::none;
    };
    struct Names {
        std::string id;
        std::string model;
        std::int64_t created = 0;
    };

    void take_names(const ChatDelta& delta);
    const std::string& head();
    void append_choice(std::string& out, const ChoiceDelta& choice);
    /// The state of a choice; its role chunk is written where this is the first that is heard of
    /// it.
    ChoiceState& opened(std::string& out, int index);
    /// Appends a chunk up to its delta, which the caller writes.
    void begin_chunk(std::string& out, int index);

    Names fallback_;
    Names upstream_;  // as far as it has said by the first chunk; for the whole stream
    bool include_usage_;
    std::string head_;  // of every chunk, up to its choices; made when the first is written
    boost::container::small_vector<ChoiceState, 1> choices_;
};

/// Appends the event that ends a stream which failed after its start. No [DONE] may follow.
void append_stream_error(std::string& out, const Error& error);

}  // namespace sluice
