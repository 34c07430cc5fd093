#pragma once

#include "config/config.hpp"
#include "core/digest.hpp"
#include "core/error.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace sluice {

class KeyLimits;
class Limiter;

/// Who makes a request.
struct Caller {
    std::string name;
    std::string tenant;
    std::string key_id;        ///< first 8 hex digits of the key's digest, for logs; empty: no key
    bool is_operator = false;  ///< may see what other tenants' requests did
    KeyLimits* limits = nullptr;  ///< of its key; nullptr: no key, no limits

    /// Under which what is kept for the caller is found again, by nobody else.
    std::string owner() const { return concat(tenant, "\n", name); }
};

/// Gateway keys, known by their digests only.
class Authenticator {
public:
    /// The limiter outlives the callers.
    Authenticator(const AuthConfig& config, Limiter& limiter);

    /// False where no keys are configured: then everybody is the same anonymous caller.
    bool required() const { return !keys_.empty(); }
    /// The caller that `Authorization: Bearer <key>` names, or else the bare key of another header;
    /// lives as long as this object. The error does not say what was wrong.
    Result<const Caller*> authenticate(
        std::string_view authorization_header, std::string_view key_header = {}
    ) const;

private:
    struct Key {
        Digest sha256;
        Caller caller;
    };
    std::vector<Key> keys_;
    Caller anonymous_{
        .name = "anonymous",
        .tenant = "default",
        .key_id = {},
        .is_operator = true,
        .limits = nullptr
    };
};

}  // namespace sluice
