#include "server/incoming_body.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace sluice {
namespace {

constexpr std::size_t small_read = 16 * 1024;
constexpr std::size_t large_read = 64 * 1024;
constexpr HeadRefusal slow_body{408, "slow_body", "the request body arrives too slowly"};
constexpr HeadRefusal stopped{.status = 0, .reason = "stopped", .message = {}};

/// A refusal as a handler gets it that reads the body itself.
Error as_error(const HeadRefusal& refusal)
{
    if (refusal.status == 0) return {.kind = ErrorKind::cancelled, .message = "the caller left"};
    const bool large = refusal.status == body_too_large.status;
    return {
        .kind = large ? ErrorKind::payload_too_large : ErrorKind::malformed,
        .message = std::string(refusal.message),
    };
}

}  // namespace

IncomingBody::IncomingBody(Wire wire, const RequestHead& head, std::size_t limit)
    : wire_(std::move(wire)),
      size_(head.length.value_or(0)),
      limit_(limit),
      asked_(head.expects_continue),
      unread_(head.chunked || size_ > 0),
      begun_(EventTime::get()),
      paused_(begun_)
{
    if (head.chunked) chunks_.emplace(limit);
}

Reading IncomingBody::check() const
{
    if (size_ > limit_) return std::unexpected(body_too_large);
    return {};
}

bool IncomingBody::take_here(std::string& body)
{
    if (!unread_ || chunks_ || asked_) return !unread_;
    if (size_ <= small_read) body.reserve(size_ + 1);  // for append_to's one more
    received_ += take_sized(body, size_ - received_);
    unread_ = received_ < size_;
    return !unread_;
}

Task<Reading> IncomingBody::read_all(std::string& body)
{
    while (unread_) {
        // Once an eighth is there, what is announced is believed: no more copies for more room.
        if (!chunks_ && body.size() >= size_ / 8) body.reserve(size_ + 1);
        const auto room = std::max(small_read, body.capacity() - body.size());
        auto read = co_await append_to(body, room);
        if (!read) co_return read;
    }
    co_return Reading{};
}

Task<Result<std::string_view>> IncomingBody::read()
{
    begun_ += Clock::now() - paused_;
    piece_.clear();
    while (unread_ && piece_.empty()) {
        auto read = co_await append_to(piece_, large_read);
        if (read) continue;
        if (read.error().status != 0) wire_.counters.rejected(read.error().reason);
        co_return std::unexpected(as_error(read.error()));
    }
    paused_ = Clock::now();
    co_return piece_;
}

void IncomingBody::stop()
{
    stopped_ = true;
    wire_.client.wake();
}

/// Appends what comes next, if only what had come before.
Task<Reading> IncomingBody::append_to(std::string& out, std::size_t room)
{
    if (asked_)
        if (auto asked = co_await continue_if_asked(); !asked) co_return asked;
    if (chunks_) co_return co_await append_chunks(out);
    const auto before = out.size();
    const auto left = size_ - received_;
    if (take_sized(out, left) == 0) {
        // One more than is left: a read that fills its room says nothing of what is behind.
        auto more = co_await receive(out, std::min<std::uint64_t>(left + 1, room));
        if (!more) co_return more;
        if (out.size() - before > left) {
            wire_.input += out.back();
            out.pop_back();
        }
    }
    received_ += out.size() - before;
    unread_ = received_ < size_;
    co_return Reading{};
}

/// Moves what has come already, at most `left` bytes.
std::size_t IncomingBody::take_sized(std::string& out, std::uint64_t left)
{
    const auto taken = std::min<std::uint64_t>(left, wire_.input.size());
    out.append(wire_.input, 0, taken);
    wire_.input.erase(0, taken);
    return taken;
}

Task<Reading> IncomingBody::append_chunks(std::string& out)
{
    auto parsed = chunks_->decode(wire_.input, out);
    if (!parsed) co_return parsed;
    unread_ = !chunks_->is_done();
    if (!unread_ && chunks_->trailers() > 0) wire_.counters.trailers(chunks_->trailers());
    const auto left = wire_.input.size();  // of a chunk header or trailers that have no end yet
    if (!unread_) co_return Reading{};
    if (left > max_head_size) co_return std::unexpected(bad_chunks);
    auto more = co_await receive(wire_.input, small_read);
    received_ += wire_.input.size() - left;
    co_return more;
}

Task<Reading> IncomingBody::receive(std::string& into, std::size_t room)
{
    while (!stopped_ && wire_.client.receive(into, room) == 0) {
        if (wire_.client.gone()) co_return std::unexpected(no_answer);
        if (co_await wire_.client.input(deadline())) continue;
        const auto state = co_await asio::this_coro::cancellation_state;
        if (!stopped_ && state.cancelled() == asio::cancellation_type::none)
            co_return std::unexpected(slow_body);
        stopped_ = true;
    }
    if (stopped_) co_return std::unexpected(stopped);
    co_return Reading{};
}

Task<Reading> IncomingBody::continue_if_asked()
{
    asked_ = false;
    if (!wire_.input.empty()) co_return Reading{};
    std::array pieces{asio::const_buffer(asio::buffer("HTTP/1.1 100 Continue\r\n\r\n", 25))};
    std::span<asio::const_buffer> rest(pieces);
    if (wire_.client.write_now(rest) || co_await wire_.client.write(rest)) co_return Reading{};
    co_return std::unexpected(no_answer);
}

/// When the body falls below the least rate. The rate is asked for after a grace of half the header
/// timeout.
TimePoint IncomingBody::deadline() const
{
    const auto rate = std::max<std::size_t>(wire_.config.min_body_rate, 1);
    return after(begun_, wire_.config.header_timeout / 2 + milliseconds(received_ * 1000 / rate));
}

}  // namespace sluice
