#include "store/chain.hpp"

#include <algorithm>

namespace sluice {

Result<void> Chain::add(StoredResponse link)
{
    bytes_ += link.bytes();
    if (links_.size() == max_conversation_links || bytes_ > max_conversation_bytes)
        return fail(
            ErrorKind::invalid_request,
            concat(
                "the conversation is too long: at most ",
                std::to_string(max_conversation_links),
                " responses and ",
                std::to_string(max_conversation_bytes >> 20),
                " MiB"
            )
        );
    wanted_ = link.previous;
    links_.push_back(std::move(link));
    return {};
}

std::optional<std::vector<StoredResponse>> Chain::take() &&
{
    if (links_.empty() || !wanted_.empty()) return std::nullopt;
    std::ranges::reverse(links_);
    return std::move(links_);
}

}  // namespace sluice
