#include "tokens/encoding.hpp"

#include "tokens/merger.hpp"
#include "tokens/rank_file.hpp"
#include "unit/tokens/made_up_ranks.hpp"
#include "unit/tokens/samples.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace sluice {
namespace {

using test::made_up_bytes;
using test::made_up_ranks;

std::string tokens(std::string_view text)
{
    const Encoding encoding(EncodingKind::o200k_base, made_up_ranks());
    std::string out;
    for (const auto token : encoding.encode(text)) {
        if (!out.empty()) out += '|';
        out += made_up_bytes(token);
    }
    return out;
}

TEST(Encoding, merges_within_pieces_and_never_across)
{
    EXPECT_EQ(tokens("hello hello"), "hello| |hello");
    EXPECT_EQ(tokens("loA"), "lo|A");
    EXPECT_EQ(tokens("12345"), "123|4|5");
    EXPECT_EQ(tokens(""), "");
}

TEST(Encoding, special_tokens_are_ordinary_text)
{
    EXPECT_EQ(tokens("<|endoftext|>"), "<|||e|n|d|o|f|t|e|x|t|||>");
}

TEST(Encoding, broken_utf8_counts_as_replacement_characters)
{
    for (const auto& [text, same] : std::vector<std::pair<std::string, std::string>>{
             {"a\xFF", "a\xEF\xBF\xBD"},
             {"\xE4\xB8", "\xEF\xBF\xBD"},
             {"\xE4\xB8"
              "a",
              "\xEF\xBF\xBD"
              "a"},
             {"\x80\x80 a", "\xEF\xBF\xBD\xEF\xBF\xBD a"},
             {"\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
             {"\xF0\x9F\x91"
              "b\xE4\xB8\xAD",
              "\xEF\xBF\xBD"
              "b\xE4\xB8\xAD"},
         })
        EXPECT_EQ(tokens(text), tokens(same));
}

TEST(Encoding, a_piece_of_any_length_is_counted)
{
    const Encoding encoding(EncodingKind::o200k_base, made_up_ranks());
    const std::string letters(3 * Merger::max_piece + 4, 'a');
    EXPECT_EQ(encoding.count(letters), static_cast<std::int64_t>(letters.size() / 8 + 1));
    EXPECT_EQ(encoding.encode(letters).size(), letters.size() / 8 + 1);
}

/// The real encodings, where the developer has their files.
class PublishedEncoding : public testing::TestWithParam<EncodingKind> {
protected:
    std::optional<Encoding> encoding;

    void SetUp() override
    {
        const char* directory = std::getenv("SLUICE_TOKENIZERS");
        if (!directory)
            GTEST_SKIP(
            ) << "SLUICE_TOKENIZERS is not set, so that exact tokens are NOT tested: run "
                 "deploy/tokenizers.sh and set it to the directory.";
        auto loaded = load_ranks(concat(directory, "/", rank_file_name(GetParam())), GetParam());
        ASSERT_TRUE(loaded) << loaded.error().message;
        encoding = *std::move(loaded);
    }
};

TEST_P(PublishedEncoding, makes_the_tokens_that_others_make)
{
    for (const auto& sample : test::tokenizer_vectors()) {
        const auto& expected =
            GetParam() == EncodingKind::o200k_base ? sample.o200k : sample.cl100k;
        EXPECT_EQ(encoding->encode(sample.text), expected) << sample.text;
        EXPECT_EQ(encoding->count(sample.text), static_cast<std::int64_t>(expected.size()));
    }
}

INSTANTIATE_TEST_SUITE_P(
    kinds,
    PublishedEncoding,
    testing::Values(EncodingKind::o200k_base, EncodingKind::cl100k_base),
    [](const auto& kind) {
        return kind.param == EncodingKind::o200k_base ? "o200k_base" : "cl100k_base";
    }
);

}  // namespace
}  // namespace sluice
