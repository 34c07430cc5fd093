#pragma once

#include "core/task.hpp"
#include "server/visit.hpp"

#include <cstddef>
#include <string>
#include <utility>

namespace sluice {

/// So much text is counted at once, within a few milliseconds; more of it would hold up the others.
inline constexpr std::size_t counted_at_once = std::size_t{64} << 10;

/// What count() gives of so many bytes of text: counted here where they are few, else aside. Empty
/// where it threw there.
template <class Count>
Task<std::string> count_aside(Services& services, std::size_t bytes, Count count)
{
    if (bytes <= counted_at_once) co_return count();
    co_return co_await services.background.run(services.context.get_executor(), std::move(count));
}

}  // namespace sluice
