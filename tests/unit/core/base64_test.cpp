#include "core/base64.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

struct Pair {
    std::string bytes;
    std::string text;
};
// RFC 4648, section 10.
const Pair pairs[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
    {std::string("\0\xFF\xFE", 3), "AP/+"},
};

TEST(Base64, is_that_of_the_rfc_both_ways)
{
    for (const auto& [bytes, text] : pairs) {
        EXPECT_EQ(base64(bytes), text);
        std::string decoded = "old";
        EXPECT_TRUE(decode_base64(text, decoded)) << text;
        EXPECT_EQ(decoded, bytes);
    }
}

TEST(Base64, may_lack_its_padding_and_nothing_else)
{
    std::string out;
    EXPECT_TRUE(decode_base64("Zm8", out));
    EXPECT_EQ(out, "fo");
    for (const auto* text : {"Z", "Zm9vY", "Zm9-", "Zm 9", "Zg==="})
        EXPECT_FALSE(decode_base64(text, out)) << text;
}

}  // namespace
}  // namespace sluice
