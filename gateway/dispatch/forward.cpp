#include "dispatch/forward.hpp"

#include <utility>

namespace sluice {

Result<Call> Forward::encode(
    const Translator& translator, const Deployment& deployment, LeftOut left_out
) const
{
    return translator.encode_forward(path_, document_, deployment, left_out);
}

Task<Result<void>> Forward::receive(
    Exchange answer, const Translator&, const Call&, AnswerDeadlines deadlines
)
{
    auto first = co_await answer.read(deadlines.whole);
    if (!first) {
        auto error = std::move(first).error();
        if (error.kind == ErrorKind::idle_timeout) error.kind = ErrorKind::response_timeout;
        if (error.kind == ErrorKind::stream_interrupted) error.kind = ErrorKind::bad_response;
        co_return std::unexpected(std::move(error));
    }
    opening = *first;
    exchange = std::move(answer);
    co_return Result<void>{};
}

}  // namespace sluice
