#pragma once

#include "dispatch/job.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// A request whose answer goes to the caller as the provider sends it, whatever it is. receive()
/// reads up to its first piece: until then another target may still answer instead.
class Forward : public Job {
public:
    /// path: below the providers' base paths.
    Forward(std::string_view path, const json::Document& document)
        : path_(path), document_(document)
    {
    }
    Result<Call> encode(const Translator&, const Deployment&, LeftOut) const override;
    bool comes_in_pieces(const Exchange&) const override { return true; }
    Task<Result<void>> receive(Exchange, const Translator&, const Call&, AnswerDeadlines) override;

    std::optional<Exchange> exchange;
    std::string opening;  ///< empty: the body is

private:
    std::string_view path_;
    const json::Document& document_;
};

}  // namespace sluice
