#include "core/append.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace sluice::test {
namespace {

TEST(AppendAll, text_characters_and_numbers_one_after_the_other)
{
    std::string out = "begun ";
    const std::string text = "text";
    append_all(out, text, ' ', "literal", ' ', std::string_view("view"), ' ', 7, ' ', -1, ' ', 0.5);
    EXPECT_EQ(out, "begun text literal view 7 -1 0.5");
    append_all(out, std::string_view(), "");
    EXPECT_EQ(out, "begun text literal view 7 -1 0.5");
}

TEST(AppendAll, the_longest_numbers_fit)
{
    std::string out;
    append_all(out, std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(out, "-9223372036854775808");
    out.clear();
    append_all(out, std::numeric_limits<std::uint64_t>::max(), ' ', -1.2345678901234567e-308);
    EXPECT_EQ(out, "18446744073709551615 -1.2345678901234567e-308");
}

TEST(AppendAll, keeps_what_was_there_however_often_it_grows)
{
    std::string out, expected;
    for (int i = 0; i < 2000; ++i) {
        append_all(out, i, ",");
        expected += std::to_string(i) + ",";
        ASSERT_EQ(out, expected);
        ASSERT_EQ(out.c_str()[out.size()], '\0');
    }
}

TEST(Digits, of_a_base)
{
    EXPECT_EQ(std::string_view(Digits(7)), "7");
    EXPECT_EQ(std::string_view(Digits(1'000'000)), "1000000");
    EXPECT_EQ(std::string_view(Digits(-12)), "-12");
    EXPECT_EQ(std::string_view(Digits(255, 16)), "ff");
}

}  // namespace
}  // namespace sluice::test
