#pragma once

#include "core/error.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sluice {

/// The boundary that a Content-Type of multipart/form-data names; nullopt for any other type.
std::optional<std::string> multipart_boundary(std::string_view content_type);

/// Takes a multipart/form-data body apart as it comes (RFC 7578, 2046). It holds what it has been
/// fed and not given back: hardly more than one piece, however large a part is.
///
///     parser.feed(piece);
///     while (auto step = parser.next(); step && *step != need_more && *step != end) ...
class MultipartParser {
public:
    enum class Step {
        need_more,  ///< feed the next piece
        part,       ///< a part begins: name(), filename(), content_type()
        data,       ///< more of its content: data()
        part_end,
        end,  ///< of the form; whatever follows is nobody's
    };

    explicit MultipartParser(std::string_view boundary);

    /// Invalidates what data() gave.
    void feed(std::string_view bytes);
    /// ErrorKind::malformed where this is no such form, or a part's head is too long.
    Result<Step> next();

    std::string_view name() const { return name_; }
    /// As it stands between the quotes; nullopt: the part is no file.
    const std::optional<std::string>& filename() const { return filename_; }
    std::string_view content_type() const { return content_type_; }
    std::string_view data() const { return data_; }

private:
    enum class State { preamble, after_delimiter, head, content, done };

    std::string delimiter_;  // CR LF "--" boundary
    std::string buffer_;
    std::size_t at_ = 0;  // what of the buffer has been given back
    State state_ = State::preamble;
    std::string name_;
    std::optional<std::string> filename_;
    std::string content_type_;
    std::string_view data_;

    std::string_view rest() const { return std::string_view(buffer_).substr(at_); }
    bool skip_preamble();
    Result<Step> read_delimiter_end();
    Result<Step> read_head();
    Step read_content();
    Result<void> read_header(std::string_view line);
};

/// Writes a form. A file's content is the caller's to put between begin_file and what follows it.
class MultipartWriter {
public:
    explicit MultipartWriter(std::string boundary) : boundary_(std::move(boundary)) {}

    void field(std::string& out, std::string_view name, std::string_view value);
    void begin_file(
        std::string& out,
        std::string_view name,
        std::string_view filename,
        std::string_view content_type
    );
    void end_file(std::string& out) { out += "\r\n"; }
    void end(std::string& out);
    std::string content_type() const;

private:
    std::string boundary_;

    void begin_part(std::string& out, std::string_view name);
};

}  // namespace sluice
