#include "admission/authenticator.hpp"

#include "admission/limiter.hpp"
#include "core/http.hpp"

namespace sluice {

namespace {

/// The token of a Bearer credential; empty where it is something else.
std::string_view bearer_token(std::string_view header)
{
    constexpr std::string_view scheme = "Bearer ";
    if (!iequals(header.substr(0, scheme.size()), scheme)) return {};
    header.remove_prefix(scheme.size());
    while (header.starts_with(' ')) header.remove_prefix(1);
    while (header.ends_with(' ')) header.remove_suffix(1);
    return header;
}

}  // namespace

Authenticator::Authenticator(const AuthConfig& config, Limiter& limiter)
{
    for (const auto& key : config.keys)
        keys_.push_back({
            .sha256 = digest_of(key.sha256),
            .caller =
                {.name = key.name,
                 .tenant = key.tenant,
                 .key_id = key.sha256.substr(0, 8),
                 .is_operator = key.is_operator,
                 .limits = &limiter.of(key.name)},
        });
}

Result<const Caller*> Authenticator::authenticate(
    std::string_view authorization_header, std::string_view key_header
) const
{
    if (!required()) return &anonymous_;
    const auto bearer = bearer_token(authorization_header);
    const auto token = bearer.empty() ? key_header : bearer;
    const auto digest = sha256(token);
    // Every key is compared, whichever it is, so that the time taken tells nothing.
    const Caller* caller = nullptr;
    for (const auto& key : keys_)
        if (equal_constant_time(digest, key.sha256)) caller = &key.caller;
    if (token.empty() || !caller)
        return fail(
            ErrorKind::unauthorized, "a valid gateway key is needed: Authorization: Bearer <key>"
        );
    return caller;
}

}  // namespace sluice
