#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace sluice {

namespace asio = boost::asio;

/// Everything of one worker runs on this executor; concrete, because a type-erased one costs 4 %.
using Executor = asio::io_context::executor_type;

template <class T = void>
using Task = asio::awaitable<T, Executor>;

/// Awaits an operation whose error arrives as a value.
inline constexpr auto no_throw = asio::as_tuple(asio::use_awaitable_t<Executor>{});

}  // namespace sluice
