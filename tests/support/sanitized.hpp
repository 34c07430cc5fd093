#pragma once

namespace sluice::test {

/// Built with a sanitizer: freed memory stays resident, and UBSan itself needs descriptors.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif
#else
inline constexpr bool sanitized = false;
#endif

}  // namespace sluice::test
