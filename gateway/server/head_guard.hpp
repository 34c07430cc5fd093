#pragma once

#include "core/http_head.hpp"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>
#include <vector>

namespace sluice {

inline constexpr std::size_t max_head_size = 16 * 1024;
inline constexpr std::size_t max_target_size = 8 * 1024;
inline constexpr int max_field_count = 100;

/// Why a request goes no further. The texts are literals.
struct HeadRefusal {
    int status = 400;
    std::string_view reason;   ///< the label in metrics
    std::string_view message;  ///< for a person
};

/// A request head, taken apart. The views are of its bytes.
struct RequestHead {
    std::string_view method{};
    std::string_view target{};
    std::vector<HeaderField> fields;        ///< as they came, without the blanks around values
    std::optional<std::uint64_t> length{};  ///< Content-Length
    bool chunked = false;                   ///< of the body
    bool http10 = false;
    bool close = false;             ///< this is the last request of its connection
    bool expects_continue = false;  ///< "100 Continue" is awaited before the body is sent
};

/// Takes a raw request head apart, blank line included, and refuses what is beyond the limits above
/// or what another hop may read in another way: two hops that disagree about framing let one
/// request hide in another. `out`, whose memory is reused, has no fields where it is refused.
std::expected<void, HeadRefusal> check_head(std::string_view head, RequestHead& out);

/// The refusal of a head that has outgrown max_head_size without coming to its end.
HeadRefusal refuse_endless_head(std::string_view begun);

}  // namespace sluice
