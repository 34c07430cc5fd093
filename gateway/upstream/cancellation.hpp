#pragma once

#include "core/task.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

namespace sluice {

/// True once the awaiting task has to end now; a drain (total cancellation) lets it go on. Asked
/// before each step that may block, because a cancellation that arrives between two operations
/// leaves no other trace.
inline bool must_end(const asio::cancellation_state& state)
{
    return (state.cancelled() & asio::cancellation_type::terminal) != asio::cancellation_type::none;
}

}  // namespace sluice
