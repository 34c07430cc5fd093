#include "core/chat.hpp"

#include <utility>

namespace sluice {

std::string_view to_string(FinishReason reason)
{
    switch (reason) {
        case FinishReason::none: return "";
        case FinishReason::stop: return "stop";
        case FinishReason::length: return "length";
        case FinishReason::tool_calls: return "tool_calls";
        case FinishReason::content_filter: return "content_filter";
    }
    std::unreachable();
}

}  // namespace sluice
