#include "core/sse.hpp"

#include <bit>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace sluice {
namespace {

constexpr std::string_view bom = "\xEF\xBB\xBF";

#if defined(__SSE2__)

__m128i sixteen_at(const char* p)
{
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
}

/// A bit for each CR or LF among the 16 bytes.
unsigned line_ends_in_16(const char* p)
{
    const __m128i chunk = sixteen_at(p);
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(
        _mm_cmpeq_epi8(chunk, _mm_set1_epi8('\r')), _mm_cmpeq_epi8(chunk, _mm_set1_epi8('\n'))
    )));
}

/// False where none of the 64 bytes is as small as CR, so that none ends a line.
bool may_end_line_in_64(const char* p)
{
    const __m128i least = _mm_min_epu8(
        _mm_min_epu8(sixteen_at(p), sixteen_at(p + 16)),
        _mm_min_epu8(sixteen_at(p + 32), sixteen_at(p + 48))
    );
    return _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(least, _mm_set1_epi8('\r')), least)) != 0;
}

#endif

}  // namespace

std::size_t find_line_end(std::string_view text, std::size_t from)
{
#if defined(__SSE2__)
    while (text.size() - from >= 64 && !may_end_line_in_64(text.data() + from)) from += 64;
    for (; text.size() - from >= 16; from += 16)
        if (const auto ends = line_ends_in_16(text.data() + from))
            return from + static_cast<std::size_t>(std::countr_zero(ends));
    if (from < text.size() && text.size() >= 16) {  // some of the last 16 have been looked at
        const auto last = text.size() - 16;
        const auto ends = line_ends_in_16(text.data() + last) >> (from - last);
        return ends ? from + static_cast<std::size_t>(std::countr_zero(ends)) : text.size();
    }
#endif
    while (from < text.size() && text[from] != '\r' && text[from] != '\n') ++from;
    return from;
}

void SseParser::feed(std::string_view bytes)
{
    if (failed_) return;
    if (has_ == Data::in_buffer) gather();
    buffer_.erase(0, at_);
    scanned_ -= at_;
    at_ = 0;
    buffer_ += bytes;
}

Result<std::optional<SseEvent>> SseParser::next()
{
    if (failed_) return too_large();
    if (!begun_ && !pass_bom()) return std::nullopt;
    while (const auto line = next_line()) {
        if (line->size() > max_event_) return too_large();
        if (!line->empty()) {
            if (!take_field(*line)) return too_large();
        } else if (auto event = dispatch()) {
            return event;
        }
    }
    if (buffer_.size() - at_ > max_event_) return too_large();
    return std::nullopt;
}

std::optional<SseEvent> SseParser::finish()
{
    if (failed_) return std::nullopt;
    const auto line = std::string_view(buffer_).substr(at_);
    at_ = scanned_ = buffer_.size();
    if (!line.empty() && !take_field(line)) return std::nullopt;
    return dispatch();
}

/// False while it cannot be told yet whether the stream begins with a byte order mark.
bool SseParser::pass_bom()
{
    if (buffer_.size() < bom.size() && bom.starts_with(buffer_)) return false;
    if (buffer_.starts_with(bom)) at_ = scanned_ = bom.size();
    begun_ = true;
    return true;
}

std::optional<std::string_view> SseParser::next_line()
{
    if (swallow_lf_ && at_ < buffer_.size()) {
        if (buffer_[at_] == '\n') scanned_ = ++at_;
        swallow_lf_ = false;
    }
    scanned_ = find_line_end(buffer_, scanned_);
    if (scanned_ == buffer_.size()) return std::nullopt;
    const auto line = std::string_view(buffer_).substr(at_, scanned_ - at_);
    swallow_lf_ = buffer_[scanned_] == '\r';
    at_ = ++scanned_;
    return line;
}

/// False where the event has grown too large.
bool SseParser::take_field(std::string_view line)
{
    const auto colon = line.starts_with("data:") ? 4 : line.find(':');
    const auto name = line.substr(0, colon);
    auto value = line.substr(colon == line.npos ? line.size() : colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (name == "data") return take_data(value);
    if (name == "event")
        type_ = value;
    else if (name == "id" && !value.contains('\0'))
        id_ = value;
    else if (name.empty())
        comment_ = true;
    return true;
}

bool SseParser::take_data(std::string_view value)
{
    if (has_ == Data::none) {
        has_ = Data::in_buffer;
        line_at_ = static_cast<std::size_t>(value.data() - buffer_.data());
        line_size_ = value.size();
        return true;
    }
    if (has_ == Data::in_buffer) gather();
    if (data_.size() + 1 + value.size() > max_event_) return false;
    data_ += '\n';
    data_ += value;
    return true;
}

/// Moves the data out of the buffer, whose bytes are about to go or which do not hold all of it.
void SseParser::gather()
{
    data_.assign(buffer_, line_at_, line_size_);
    has_ = Data::gathered;
}

std::optional<SseEvent> SseParser::dispatch()
{
    out_type_.clear();
    if (!type_.empty()) out_type_.swap(type_);
    const auto has = std::exchange(has_, Data::none);
    if (has == Data::none) return std::nullopt;
    comment_ = true;
    SseEvent event{.type = out_type_, .data = {}, .id = id_};
    if (event.type.empty()) event.type = "message";
    if (has == Data::in_buffer) {
        event.data = std::string_view(buffer_).substr(line_at_, line_size_);
    } else {
        out_data_.swap(data_);
        event.data = out_data_;
    }
    return event;
}

std::unexpected<Error> SseParser::too_large()
{
    failed_ = true;
    return fail(
        ErrorKind::bad_response,
        concat("an event of the stream is larger than ", std::to_string(max_event_), " bytes")
    );
}

void append_event(std::string& out, std::string_view data)
{
    while (true) {
        const auto end = find_line_end(data, 0);
        out += "data: ";
        out += data.substr(0, end);
        out += '\n';
        if (end == data.size()) break;
        data.remove_prefix(end + (data.substr(end).starts_with("\r\n") ? 2 : 1));
    }
    out += '\n';
}

void append_event(std::string& out, std::string_view type, std::string_view data)
{
    out += "event: ";
    out += type;
    out += '\n';
    append_event(out, data);
}

}  // namespace sluice
