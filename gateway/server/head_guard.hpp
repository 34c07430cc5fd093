#pragma once

#include <cstddef>
#include <expected>
#include <string_view>

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

/// Where the head that begins `bytes` ends: one past its blank line, however that line ends (wrong
/// endings are check_head's to refuse); npos while it has not come. The bytes before `from` hold no
/// such end; step back two of them, since the end may stand astride.
std::size_t find_head_end(std::string_view bytes, std::size_t from);

/// Checks a raw request head, blank line included, for what Beast 1.81 lets through and a gateway
/// must not (two hops that disagree about framing let one request hide in another), and for the
/// limits above. Whatever passes, Beast's parser takes too. Allocates nothing.
std::expected<void, HeadRefusal> check_head(std::string_view head);

/// The refusal of a head that has outgrown max_head_size without coming to its end.
HeadRefusal refuse_endless_head(std::string_view begun);

}  // namespace sluice
