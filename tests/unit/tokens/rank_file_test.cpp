#include "tokens/rank_file.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace sluice {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

/// A line for each byte, the value being its rank.
std::string byte_lines()
{
    constexpr std::string_view digits =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t byte = 0; byte < 256; ++byte) {
        out += digits[byte >> 2];
        out += digits[(byte & 3) << 4];
        out += "== " + std::to_string(byte) + "\n";
    }
    return out;
}

std::string error_of(const std::string& text)
{
    const auto ranks = parse_ranks(text);
    return ranks ? "" : ranks.error().message;
}

TEST(RankFile, a_line_is_a_token_in_base64_and_its_rank)
{
    const auto ranks = parse_ranks(byte_lines() + "aGVsbG8= 256\nIHdvcmxk 300\n4pyT 301");
    ASSERT_TRUE(ranks) << ranks.error().message;
    EXPECT_EQ(ranks->size(), 259u);
    EXPECT_EQ(ranks->find("hello"), 256u);
    EXPECT_EQ(ranks->find(" world"), 300u);
    EXPECT_EQ(ranks->find("\xE2\x9C\x93"), 301u);
    EXPECT_EQ(ranks->find("\xFF"), 255u);
    EXPECT_EQ(ranks->find("hell"), RankTable::none);
}

TEST(RankFile, an_error_names_the_line)
{
    const auto bytes = byte_lines();
    for (const auto& [line, complaint] : std::vector<std::pair<std::string, std::string>>{
             {"<html>", "must be a token in base64, a space, and its rank"},
             {"", "must be a token"},
             {"aGV*bG8= 256", "no base64"},
             {"a=Vs 256", "no base64"},
             {"aGVs x", "the rank is no number"},
             {"aGVs ", "the rank is no number"},
             {"aGVs 256 ", "the rank is no number"},
             {"aGVs -1", "the rank is no number"},
             {"aGVs 99999999999", "the rank is no number"},
             {"aGVs 255", "not above the one before"},
             {" 256", "the token is empty"},
             {"IQ== 256", "there already"},
             {"aGVs 1048576", "the rank is too large"},
         })
        EXPECT_THAT(
            error_of(bytes + line + "\n"), AllOf(StartsWith("line 257: "), HasSubstr(complaint))
        ) << line;
}

TEST(RankFile, every_single_byte_must_be_a_token)
{
    const auto bytes = byte_lines();
    EXPECT_THAT(error_of(""), HasSubstr("single byte 0"));
    EXPECT_THAT(error_of(bytes.substr(0, bytes.rfind("/w=="))), HasSubstr("single byte 255"));
}

/// A file of its own for each test.
class RankFileOnDisk : public testing::Test {
protected:
    std::string path =
        (std::filesystem::temp_directory_path() / ("sluice-ranks-" + std::to_string(getpid())))
            .string();

    void TearDown() override { std::filesystem::remove(path); }

    std::string error_for(const std::string& text)
    {
        std::ofstream(path, std::ios::binary) << text;
        return load_error();
    }
    std::string load_error()
    {
        const auto encoding = load_ranks(path, EncodingKind::o200k_base);
        return encoding ? "" : encoding.error().message;
    }
};

TEST_F(RankFileOnDisk, an_error_names_the_file)
{
    EXPECT_THAT(load_error(), AllOf(StartsWith(path + ": cannot be read: "), HasSubstr("No such")));
    EXPECT_THAT(error_for("IQ== 0\nIg==\n"), StartsWith(path + ": line 2: "));
}

TEST_F(RankFileOnDisk, only_the_published_file_is_taken)
{
    EXPECT_THAT(
        error_for(byte_lines()),
        AllOf(
            StartsWith(path + ": is not o200k_base.tiktoken as published"),
            HasSubstr("SHA-256"),
            HasSubstr("446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d")
        )
    );
}

TEST_F(RankFileOnDisk, a_directory_is_no_rank_file)
{
    const auto encoding =
        load_ranks(std::filesystem::temp_directory_path().string(), EncodingKind::cl100k_base);
    ASSERT_FALSE(encoding);
    EXPECT_THAT(encoding.error().message, HasSubstr("cannot be read"));
}

}  // namespace
}  // namespace sluice
