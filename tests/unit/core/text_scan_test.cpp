#include "core/text_scan.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string_view>

namespace sluice::json {
namespace {

TEST(TextScan, the_first_byte_that_is_not_plain_is_found_wherever_it_stands)
{
    using namespace std::literals;
    for (std::size_t size = 0; size <= 140; ++size) {
        const auto text = std::make_unique<char[]>(size);  // whose end a sanitizer guards
        char* const end = text.get() + size;
        std::fill(text.get(), end, 'a');
        EXPECT_EQ(pass_plain(text.get(), end), end) << size;
        for (std::size_t at = 0; at < size; ++at) {
            for (const char special : "\"\\\0\x1f\x80\xff"sv) {
                text[at] = special;
                EXPECT_EQ(pass_plain(text.get(), end), text.get() + at) << size;
                end[-1] = '"';
                EXPECT_EQ(pass_plain(text.get(), end), text.get() + at) << size;
                end[-1] = at + 1 == size ? special : 'a';
            }
            text[at] = '\x7f';  // which JSON takes as it is
        }
    }
}

}  // namespace
}  // namespace sluice::json
