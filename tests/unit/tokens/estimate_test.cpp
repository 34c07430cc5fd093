#include "tokens/estimate.hpp"

#include "unit/tokens/samples.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

TEST(Estimate, is_never_below_the_true_count)
{
    for (const auto& sample : test::samples()) {
        EXPECT_GE(estimate_tokens(EncodingKind::o200k_base, sample.text), sample.o200k)
            << sample.name;
        EXPECT_GE(estimate_tokens(EncodingKind::cl100k_base, sample.text), sample.cl100k)
            << sample.name;
    }
}

TEST(Estimate, stays_near_the_true_count_for_english_and_code)
{
    for (const auto& sample : test::samples()) {
        if (sample.name != "English" && sample.name != "C++" && sample.name != "Python") continue;
        EXPECT_LE(estimate_tokens(EncodingKind::o200k_base, sample.text), sample.o200k * 8 / 5)
            << sample.name;
        EXPECT_LE(estimate_tokens(EncodingKind::cl100k_base, sample.text), sample.cl100k * 9 / 5)
            << sample.name;
    }
}

TEST(Estimate, nothing_is_no_token)
{
    EXPECT_EQ(estimate_tokens(EncodingKind::o200k_base, ""), 0);
    EXPECT_EQ(estimate_tokens(EncodingKind::cl100k_base, ""), 0);
}

TEST(Estimate, grows_with_the_text)
{
    const auto letters = [](std::size_t count) {
        return estimate_tokens(EncodingKind::o200k_base, std::string(count, 'a'));
    };
    EXPECT_GE(letters(100), 13);  // o200k_base makes a token of eight
    EXPECT_GE(letters(1000), 9 * letters(100));
    EXPECT_LE(letters(1000), 11 * letters(100));
}

TEST(Estimate, broken_utf8_is_counted_as_it_would_be_encoded)
{
    EXPECT_EQ(
        estimate_tokens(EncodingKind::o200k_base, "\xFF\xFF"),
        estimate_tokens(EncodingKind::o200k_base, "\xEF\xBF\xBD\xEF\xBF\xBD")
    );
}

}  // namespace
}  // namespace sluice
