#include "config/variables.hpp"

#include "unit/config/loading.hpp"

#include <gmock/gmock.h>

namespace sluice {
namespace {

using testing::HasSubstr;

const Variables variables{{"KEY", {"secret", {}}}, {"EMPTY", {"", {}}}, {"TRICK", {"${KEY}", {}}}};

TEST(Expansion, replaces_variables)
{
    EXPECT_EQ(expand("${KEY}", variables), "secret");
    EXPECT_EQ(expand("a ${KEY} b ${KEY}", variables), "a secret b secret");
    EXPECT_EQ(expand("${EMPTY}", variables), "");
    EXPECT_EQ(expand("$KEY $ {KEY} }", variables), "$KEY $ {KEY} }");
}

TEST(Expansion, default_stands_in_for_what_is_unset_or_empty)
{
    EXPECT_EQ(expand("${NONE:-fallback}", variables), "fallback");
    EXPECT_EQ(expand("${EMPTY:-fallback}", variables), "fallback");
    EXPECT_EQ(expand("${KEY:-fallback}", variables), "secret");
    EXPECT_EQ(expand("${NONE:-}", variables), "");
}

TEST(Expansion, what_comes_in_is_not_expanded_again)
{
    EXPECT_EQ(expand("${TRICK}", variables), "${KEY}");
}

TEST(Expansion, two_dollars_escape)
{
    EXPECT_EQ(expand("$${KEY}", variables), "${KEY}");
    EXPECT_EQ(expand("$$${KEY}", variables), "$${KEY}");
    EXPECT_EQ(expand("$$", variables), "$$");
}

TEST(Expansion, mistakes_are_explained)
{
    EXPECT_THAT(expand("${NONE}", variables).error(), HasSubstr("the variable NONE is not set"));
    EXPECT_THAT(expand("${KEY", variables).error(), HasSubstr("${ without its }"));
    EXPECT_THAT(expand("${}", variables).error(), HasSubstr("names no variable"));
    EXPECT_THAT(expand("${a b}", variables).error(), HasSubstr("names no variable"));
    EXPECT_THAT(expand("${A:-${KEY}}", variables).error(), HasSubstr("within another"));
}

TEST(SecretFile, loses_one_trailing_line_break)
{
    const test::TemporaryDirectory directory;
    EXPECT_EQ(read_secret_file(directory.file("a", "key\n")), "key");
    EXPECT_EQ(read_secret_file(directory.file("b", "key\r\n")), "key");
    EXPECT_EQ(read_secret_file(directory.file("c", "key\n\n")), "key\n");
    EXPECT_EQ(read_secret_file(directory.file("d", "key")), "key");
    EXPECT_EQ(expand("${file:" + directory.file("e", "key\n") + "}", variables), "key");
}

TEST(SecretFile, that_cannot_be_one_is_refused)
{
    const test::TemporaryDirectory directory;
    EXPECT_THAT(read_secret_file(directory.path() + "/none").error(), HasSubstr("cannot be read"));
    EXPECT_THAT(read_secret_file(directory.path()).error(), HasSubstr("is a directory"));
    EXPECT_THAT(read_secret_file("/dev/null").error(), HasSubstr("is no regular file"));
    EXPECT_THAT(read_secret_file(directory.file("empty", "\n")).error(), HasSubstr("is empty"));
    EXPECT_THAT(
        read_secret_file(directory.file("big", std::string(70'000, 'x'))).error(),
        HasSubstr("is larger than")
    );
}

}  // namespace
}  // namespace sluice
