#include "core/http_head.hpp"

#include <gtest/gtest.h>

#include <string>

namespace sluice {
namespace {

TEST(HeadEnd, is_found_wherever_it_stands)
{
    for (std::size_t size = 0; size < 40; ++size) {
        const auto line = std::string(size, 'x');
        for (const std::string end : {"\r\n\r\n", "\n\n", "\r\n\n", "\n\r\n"}) {
            const auto head = line + "\r\n" + line + end;
            const auto bytes = head + "\r\nbody\n\n";
            if (size == 0) continue;
            EXPECT_EQ(find_head_end(bytes, 0), head.size()) << size;
            EXPECT_EQ(find_head_end(bytes, head.size() - 3), head.size()) << size;
            EXPECT_EQ(find_head_end(head.substr(0, head.size() - 1), 0), std::string::npos) << size;
        }
        EXPECT_EQ(find_head_end(line, 0), std::string::npos);
        EXPECT_EQ(find_head_end(line + "\r\n\rx" + line, 0), std::string::npos);
    }
}

TEST(FirstField, is_taken_apart)
{
    const struct {
        std::string_view line, name, value;
    } cases[] = {
        {"Host: a.test", "Host", "a.test"},
        {"Content-Type:\t text/plain \t", "Content-Type", "text/plain"},
        {"X:", "X", ""},
        {"a-name-of-more-than-16-letters: b", "a-name-of-more-than-16-letters", "b"},
        {"x_1~`|: caf\xe9\tb", "x_1~`|", "caf\xe9\tb"},
    };
    for (const auto& [line, name, value] : cases) {
        for (const std::string_view next :
             {"\r\n", "\r\nNext: 1\r\n\r\nand a body of some bytes"}) {
            const auto bytes = std::string(line) + std::string(next);
            const auto field = first_field(bytes);
            EXPECT_EQ(field.size, line.size() + 2) << bytes;
            EXPECT_EQ(field.field.name, name);
            EXPECT_EQ(field.field.value, value);
        }
    }
}

TEST(FirstField, is_none_where_the_line_is_not_well_formed)
{
    for (const std::string line :
         {"",
          "X",
          "X: a",
          "X: a\r",
          ": a\r\n",
          " X: a\r\n",
          "X : a\r\n",
          "X\r\n: a\r\n",
          "X: a\n",
          "X: a\rb\r\n",
          "X: a\x01\r\n",
          "X: a\x7f\r\n",
          "b\xc3\xa4: a\r\n",
          "\r\n"})
        for (const auto& rest : {std::string(), std::string(20, ' ')})
            EXPECT_EQ(first_field(line + (line.ends_with('\n') ? rest : "")).size, 0u) << line;
}

TEST(ConnectionOptions, are_a_list_of_tokens)
{
    EXPECT_TRUE(connection_options("TE, Close")->close);
    EXPECT_TRUE(connection_options(",\tkeep-alive ,")->keep_alive);
    EXPECT_FALSE(connection_options("closed")->close);
    EXPECT_TRUE(connection_options(""));
    EXPECT_FALSE(connection_options("close now"));
    EXPECT_FALSE(connection_options("a;b"));
}

TEST(FieldLines, give_the_first_of_a_name)
{
    FieldLines fields;
    EXPECT_EQ(fields.find("a"), "");
    fields.assign("A:1\r\nB:  2 \r\na: 3\r\n");
    EXPECT_EQ(fields.find("a"), "1");
    EXPECT_EQ(find_header(fields, "b"), "2");
    EXPECT_EQ(fields.find("c"), "");
    EXPECT_EQ(fields.copied(), (Headers{{"A", "1"}, {"B", "2"}, {"a", "3"}}));
}

}  // namespace
}  // namespace sluice
