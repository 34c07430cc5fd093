#pragma once

#include "core/error.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sluice {

/// One dispatched event. The views live until the parser's next call.
struct SseEvent {
    std::string_view type;  ///< "message" where the stream named none
    std::string_view data;
    std::string_view id;
};

/// Where the first CR or LF at or after `from` stands; the text's size where none does. One pass
/// for both: looking for each alone would go over a text of the other kind again for every line.
std::size_t find_line_end(std::string_view text, std::size_t from);

/// Bytes in, events out, by the rules of WHATWG HTML ("event stream interpretation"): BOM, CR, LF,
/// CRLF, comments, split anywhere. Memory is bounded by max_event.
///
///     parser.feed(bytes);
///     while (true) { auto event = parser.next(); if (!event) return error; if (!*event) break; ...
///     }
class SseParser {
public:
    explicit SseParser(std::size_t max_event = std::size_t{16} << 20) : max_event_(max_event) {}

    /// Takes the next bytes, and ends the life of all views. To be called when next() has none
    /// left.
    void feed(std::string_view bytes);
    /// The next complete event; nullopt where more bytes are needed; ErrorKind::bad_response where
    /// a line or an event's data grows past max_event, and from then on.
    Result<std::optional<SseEvent>> next();
    /// At the end of the stream: what stands after the last blank line, dispatched as if a blank
    /// line followed, for servers that omit it. nullopt where nothing does.
    std::optional<SseEvent> finish();
    /// True once a comment or event has arrived since the last call: a sign of life.
    bool saw_comment() { return std::exchange(comment_, false); }

private:
    std::size_t max_event_;
    std::string buffer_;       // the bytes fed last, and what was left of those before
    std::size_t at_ = 0;       // how far they have been made into lines
    std::size_t scanned_ = 0;  // no line ends between at_ and here
    std::string type_, id_;
    std::string data_;         // of an event of several lines, or of one that came in pieces
    std::size_t line_at_ = 0;  // else its only line stands in buffer_
    std::size_t line_size_ = 0;
    enum class Data { none, in_buffer, gathered } has_ = Data::none;
    std::string out_data_, out_type_;  // what the views of the last event refer to
    bool begun_ = false;               // the BOM, if any, has been dealt with
    bool swallow_lf_ = false;          // the last line ended in CR
    bool failed_ = false;
    bool comment_ = false;

    bool pass_bom();
    std::optional<std::string_view> next_line();
    bool take_field(std::string_view line);
    bool take_data(std::string_view value);
    void gather();
    std::optional<SseEvent> dispatch();
    std::unexpected<Error> too_large();
};

/// Appends `data: <line>\n` for each line of data (at least one) and the closing blank line.
void append_event(std::string& out, std::string_view data);
/// The same with an `event:` line before it.
void append_event(std::string& out, std::string_view type, std::string_view data);

}  // namespace sluice
