#include "config/env_file.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

struct Case {
    std::string_view line;
    std::string_view value;
};

TEST(EnvFile, reads_every_form_of_value)
{
    for (const auto& [line, value] : {
             Case{"K=v", "v"},
             Case{"K=", ""},
             Case{"  K = v  ", "v"},
             Case{"export K=v", "v"},
             Case{"export\tK=v", "v"},
             Case{"K=v # comment", "v"},
             Case{"K=v#not-a-comment", "v#not-a-comment"},
             Case{"K=# comment", ""},
             Case{"K=a=b", "a=b"},
             Case{"K='a # b \\n $X'", "a # b \\n $X"},
             Case{R"(K="a # b")", "a # b"},
             Case{R"(K="a\n\t\"\\\$\x")", "a\n\t\"\\$\\x"},
             Case{R"(K="v" # comment)", "v"},
             Case{"K=$HOME ${X} `id`", "$HOME ${X} `id`"},
             Case{"K=v\r", "v"},
         }) {
        const auto file = parse_env_file(line);
        ASSERT_EQ(file.lines.size(), 1u) << line;
        EXPECT_EQ(file.lines[0].name, "K") << line;
        EXPECT_EQ(file.lines[0].value, value) << line;
        EXPECT_TRUE(file.malformed.empty()) << line;
    }
}

TEST(EnvFile, malformed_lines_are_numbered_and_the_others_read)
{
    const auto file = parse_env_file(
        "\xEF\xBB\xBF"
        "A=1\n\n# c\nnonsense\n=x\n1B=2\nC='open\nD=\"open\nE='x' y\nF=6"
    );
    ASSERT_EQ(file.lines.size(), 2u);
    EXPECT_EQ(file.lines[0].name, "A");
    EXPECT_EQ(file.lines[1].name, "F");
    EXPECT_EQ(file.lines[1].line, 10);
    EXPECT_EQ(file.malformed, (std::vector{4, 5, 6, 7, 8, 9}));
}

}  // namespace
}  // namespace sluice
