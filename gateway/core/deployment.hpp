#pragma once

#include "core/http.hpp"

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice {

/// Where a connection goes.
struct Origin {
    bool tls = false;
    std::string host;  ///< name or address, IPv6 without brackets
    std::uint16_t port = 0;

    bool operator==(const Origin&) const = default;
};

/// How a server that speaks the OpenAI dialect differs from OpenAI itself. Data, so that such a
/// provider is added by configuration alone.
struct DialectOptions {
    std::vector<std::string>
        unsupported;  ///< request fields it rejects; dropped or unfit by their nature
    bool max_completion_tokens = false;  ///< wants that name instead of max_tokens
    bool developer_role = true;          ///< takes the role "developer"; else it becomes "system"
    bool stream_usage = true;            ///< takes stream_options.include_usage
    bool tools = true;
    bool images = true;
    bool audio = true;
    bool files = true;
    bool json_schema = true;
    bool extra_fields = true;  ///< takes fields we do not know
    bool require_key = true;   ///< false: works without an Authorization header
};

/// A provider's key, beside the header field that most providers want it in.
class ApiKey {
public:
    ApiKey() = default;  ///< none
    template <std::convertible_to<std::string> Text>
    ApiKey(Text&& text) : text_(std::forward<Text>(text))
    {
        if (!text_.empty()) bearer_.add("authorization", "Bearer ", text_);
    }

    bool empty() const { return text_.empty(); }
    operator std::string_view() const { return text_; }
    /// No field where there is no key.
    const RequestFields& bearer() const { return bearer_; }

private:
    std::string text_;
    RequestFields bearer_;
};

/// How to reach one configured provider and with which credential.
struct Endpoint {
    std::string provider;  ///< the configured name
    Origin origin;
    std::string base_path;  ///< "/v1"; no trailing slash; may be empty
    ApiKey api_key;
    std::string api_version{};  ///< of Azure's dated API; empty: its v1
    Headers headers;            ///< sent with every request (OpenAI-Organization, ...)
    DialectOptions dialect;
    bool own_key = false;  ///< api_key is the caller's own
};

/// The same endpoint with the caller's own key. What the operator's account sends along
/// (organization, project) belongs to the operator's key and stays behind.
Endpoint with_own_key(Endpoint endpoint, const std::string& key);

/// One thing we can call: a model at an endpoint. Views into the configuration snapshot, which the
/// request holds.
struct Deployment {
    const Endpoint* endpoint = nullptr;
    std::string_view model;  ///< the upstream's id; may be the caller's own text
    std::string_view
        default_max_tokens;  ///< JSON text put in where the caller set none; empty: none
    std::string_view default_temperature;  ///< likewise; left out without a warning where refused
};

}  // namespace sluice
