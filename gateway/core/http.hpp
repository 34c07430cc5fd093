#pragma once

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

/// The header fields of a message in the making, as they will stand on the wire: one text, so that
/// a field costs its bytes and no more.
class HeaderBlock {
public:
    HeaderBlock() = default;
    HeaderBlock(std::initializer_list<HeaderField> fields)
    {
        for (const auto& field : fields) push_back(field);
    }

    void push_back(const HeaderField& field)
    {
        begin(field.name).append(field.value);
        end();
    }
    /// Begins a field; the caller appends its value to the string, and calls end().
    std::string& begin(std::string_view name)
    {
        text_.append(name).append(": ");
        value_ = text_.size();
        return text_;
    }
    void end();

    /// "name: value\r\n" for each field.
    const std::string& text() const { return text_; }

private:
    std::string text_;
    std::size_t value_ = 0;
};

/// ASCII case-insensitive equality, as header names compare.
constexpr bool iequals(std::string_view a, std::string_view b)
{
    constexpr auto lower = [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    };
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (a[i] != b[i] && lower(a[i]) != lower(b[i])) return false;
    return true;
}

/// The value of the first header with this name; empty where there is none.
inline std::string_view find_header(std::span<const Header> headers, std::string_view name)
{
    for (const auto& header : headers)
        if (iequals(header.name, name)) return header.value;
    return {};
}

class BodySource;

/// A request to a provider. `Host`, `Connection` and what tells the body's length are the
/// connection's to add.
struct HttpRequest {
    std::string method = "POST";
    std::string target;  ///< path and query, beginning with '/'
    Headers headers;
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
