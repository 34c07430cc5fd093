#pragma once

#include "core/append.hpp"
#include "core/http_text.hpp"

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice {

struct Header {
    std::string name;
    std::string value;

    bool operator==(const Header&) const = default;
};
using Headers = std::vector<Header>;

/// A header field in somebody else's memory.
struct HeaderField {
    std::string_view name;
    std::string_view value;
};

/// The header fields of an answer in the making, as they will stand on the wire: one text, so that
/// a field costs its bytes and no more.
class HeaderBlock {
public:
    HeaderBlock() = default;
    HeaderBlock(std::initializer_list<HeaderField> fields)
    {
        for (const auto& field : fields) push_back(field);
    }

    void reserve(std::size_t size) { text_.reserve(size); }
    void push_back(const HeaderField& field) { add(field.name, field.value); }
    template <class Name>
    void add(const Name& name, std::string_view value)
    {
        append_all(text_, name, ": ", value, "\r\n");
        if (has_control(value)) mend(text_.size() - 2 - value.size());
    }
    /// Appends pieces of whole lines, none of which comes from outside.
    template <class... Parts>
    void append_lines(const Parts&... parts)
    {
        append_all(text_, parts...);
    }
    /// To append the same to.
    std::string& lines() { return text_; }

    /// "name: value\r\n" for each field.
    const std::string& text() const { return text_; }

private:
    std::string text_;

    void mend(std::size_t value);
};

/// The value of the first header with this name; empty where there is none.
inline std::string_view find_header(std::span<const Header> headers, std::string_view name)
{
    for (const auto& header : headers)
        if (iequals(header.name, name)) return header.value;
    return {};
}

/// The header fields of a request to a provider, as one text. One that would break out of its line,
/// or that is the connection's to add (Host, Content-Length, Connection, Transfer-Encoding), is
/// left out and makes them faulty: such a request must not be sent.
class RequestFields {
public:
    RequestFields() = default;
    RequestFields(std::initializer_list<HeaderField> fields)
    {
        for (const auto& field : fields) push_back(field);
    }

    void reserve(std::size_t size) { text_.reserve(size); }
    void push_back(const HeaderField& field) { add(field.name, field.value); }
    /// A field whose value is made of pieces of text and whole numbers.
    template <class... Parts>
    void add(std::string_view name, const Parts&... value)
    {
        const auto begin = text_.size();
        append_all(text_, name, ": ", value..., "\r\n");
        check(begin, name.size());
    }
    void append(std::span<const Header> headers);
    void append(const RequestFields& others);
    /// Appends pieces of whole lines, none of which comes from outside.
    template <class... Parts>
    void append_lines(const Parts&... parts)
    {
        append_all(text_, parts...);
    }
    /// Puts another field into the place of the first with this name, if there is one.
    void replace(std::string_view name, const HeaderField& field);

    /// The value of the first field with this name, case-insensitive; empty where there is none.
    std::string_view find(std::string_view name) const;
    /// "name: value\r\n" for each field.
    const std::string& text() const { return text_; }
    /// Why these must not be sent, without the value, which may be a credential; empty: they may.
    const std::string& fault() const { return fault_; }

private:
    std::string text_;
    std::string fault_;

    void check(std::size_t begin, std::size_t name_size);
    std::string_view line(std::string_view name) const;
};

inline std::string_view find_header(const RequestFields& fields, std::string_view name)
{
    return fields.find(name);
}

class BodySource;

/// A request to a provider. `Host`, `Connection` and what tells the body's length are the
/// connection's to add.
struct HttpRequest {
    std::string method = "POST";
    std::string target;  ///< path and query, beginning with '/'
    RequestFields headers;
    std::string body;
    /// A long stretch of the body in the memory of whoever is called for, who outlives the request:
    /// it stands behind the first lent_after bytes of `body`. Empty: none.
    std::string_view lent{};
    std::size_t lent_after = 0;
    /// What follows the body, piece by piece; such a request can be sent once. nullptr: nothing.
    std::shared_ptr<BodySource> rest{};

    std::size_t body_size() const { return body.size() + lent.size(); }
};

/// A whole response of a provider.
struct HttpResponse {
    int status = 0;
    Headers headers;
    std::string body;
};

}  // namespace sluice
