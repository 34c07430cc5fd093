#include "core/ids.hpp"

#include "core/append.hpp"
#include "core/hex.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <stdexcept>

namespace sluice {
namespace {

/// Random bytes of OpenSSL's generator, drawn many at a time: a draw locks and is slow for a few.
class RandomPool {
public:
    template <std::size_t size>
    std::array<std::uint8_t, size> take()
    {
        if (left_ < size) [[unlikely]]
            refill();
        left_ -= size;
        std::array<std::uint8_t, size> bytes;
        std::memcpy(bytes.data(), pool_.data() + left_, size);
        return bytes;
    }

private:
    std::array<std::uint8_t, 4096> pool_{};
    std::size_t left_ = 0;

    void refill()
    {
        if (RAND_bytes(pool_.data(), static_cast<int>(pool_.size())) != 1)
            throw std::runtime_error("the system has no random bytes");
        left_ = pool_.size();
    }
};

constinit thread_local RandomPool pool;

template <std::size_t size>
std::array<std::uint8_t, size> random_bytes()
{
    return pool.take<size>();
}

/// Random, but never all zero, which W3C calls invalid.
template <std::size_t size>
ShortText<2 * size> random_id()
{
    auto bytes = random_bytes<size>();
    if (bytes == decltype(bytes){}) bytes.back() = 1;
    std::array<char, 2 * size> digits;
    write_hex(digits.data(), bytes);
    return digits;
}

/// The lowest digit of the flags.
int lowest_of(const ShortText<2>& flags)
{
    return hex_digit(flags.text().back());
}

/// Of the flags only "sampled" and "random trace id" are known; others must not be passed on.
ShortText<2> known_flags(int bits)
{
    return std::array{'0', static_cast<char>('0' + (bits & 3))};
}

bool is_hex(std::string_view text)
{
    return std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    });
}

bool is_id(std::string_view text)
{
    return is_hex(text) && text.find_first_not_of('0') != text.npos;
}

}  // namespace

std::string new_request_id()
{
    std::string id;
    append_request_id(id);
    return id;
}

void append_request_id(std::string& out)
{
    using namespace std::chrono;
    auto bytes = random_bytes<16>();
    const auto now = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
    for (std::size_t i = 0; i < 6; ++i) bytes[i] = static_cast<std::uint8_t>(now >> (40 - 8 * i));
    bytes[6] = static_cast<std::uint8_t>(0x70 | (bytes[6] & 0x0F));  // version 7
    bytes[8] = static_cast<std::uint8_t>(0x80 | (bytes[8] & 0x3F));  // variant of RFC 9562
    std::array<char, 32> digits;
    write_hex(digits.data(), bytes);
    const auto part = [&](std::size_t from, std::size_t size) {
        return std::string_view(digits.data() + from, size);
    };
    append_all(
        out, part(0, 8), '-', part(8, 4), '-', part(12, 4), '-', part(16, 4), '-', part(20, 12)
    );
}

bool sane_request_id(std::string_view id)
{
    return !id.empty() && id.size() <= 128 && std::ranges::all_of(id, [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               c == '.' || c == '_' || c == ':' || c == '-';
    });
}

std::string new_object_id(std::string_view prefix)
{
    return std::string(prefix) + to_hex(random_bytes<24>());
}

std::optional<TraceContext> parse_traceparent(std::string_view header)
{
    // version "-" trace-id "-" parent-id "-" flags; a later version may go on after another "-".
    constexpr std::size_t size = 55;
    if (header.size() < size) return std::nullopt;
    const auto version = header.substr(0, 2);
    if (!is_hex(version) || version == "ff") return std::nullopt;
    if (header.size() > size && (version == "00" || header[size] != '-')) return std::nullopt;
    if (header[2] != '-' || header[35] != '-' || header[52] != '-') return std::nullopt;
    const auto trace_id = header.substr(3, 32), span_id = header.substr(36, 16);
    const auto flags = header.substr(53, 2);
    if (!is_id(trace_id) || !is_id(span_id) || !is_hex(flags)) return std::nullopt;
    return TraceContext{trace_id, span_id, flags};
}

ShortText<55> format_traceparent(const TraceContext& trace)
{
    ShortText<55> out = "00-";
    out += trace.trace_id;
    out += "-";
    out += trace.span_id;
    out += "-";
    out += trace.flags;
    return out;
}

TraceContext new_trace()
{
    return {.trace_id = random_id<16>(), .span_id = random_id<8>(), .flags = "01"};
}

TraceContext child_of(const TraceContext& parent)
{
    return {
        .trace_id = parent.trace_id,
        .span_id = random_id<8>(),
        .flags = known_flags(lowest_of(parent.flags)),
    };
}

bool is_sampled(const TraceContext& trace)
{
    return (lowest_of(trace.flags) & 1) != 0;
}

void set_sampled(TraceContext& trace, bool sampled)
{
    trace.flags = known_flags((lowest_of(trace.flags) & 2) | (sampled ? 1 : 0));
}

double random_unit()
{
    std::uint64_t bits = 0;
    const auto bytes = random_bytes<sizeof bits>();
    std::memcpy(&bits, bytes.data(), sizeof bits);
    return static_cast<double>(bits >> 11) * 0x1p-53;
}

}  // namespace sluice
