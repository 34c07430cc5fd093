#pragma once

#include "store/store.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

/// Puts a conversation together from its links, newest first. Responses that continue each other in
/// a circle are just too long.
class Chain {
public:
    explicit Chain(std::string newest) : wanted_(std::move(newest)) {}

    /// Id of the next link; empty: the conversation is complete.
    const std::string& wanted() const { return wanted_; }
    /// Adds the link that is wanted. Error: invalid_request, too long.
    Result<void> add(StoredResponse link);
    /// Oldest first; nullopt where a link is still wanted.
    std::optional<std::vector<StoredResponse>> take() &&;

private:
    std::string wanted_;
    std::vector<StoredResponse> links_;
    std::size_t bytes_ = 0;
};

}  // namespace sluice
