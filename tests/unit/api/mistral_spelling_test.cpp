#include "api/mistral_spelling.hpp"

#include <gtest/gtest.h>

namespace sluice {
namespace {

std::string respelled(std::string text)
{
    ChatRequest chat;
    chat.document = json::Document::parse(std::move(text)).value();
    chat.needs.images = true;
    EXPECT_TRUE(respell_for_openai(chat));
    return chat.document.text();
}

TEST(MistralSpelling, becomes_openais)
{
    EXPECT_EQ(
        respelled(R"({"tool_choice":"any","a":1.50})"), R"({"tool_choice":"required","a":1.50})"
    );
    EXPECT_EQ(respelled(R"({"random_seed":7})"), R"({"seed":7})");
    EXPECT_EQ(
        respelled(R"({"messages":[{"role":"user","content":[{"type":"text","text":"image_url"},)"
                  R"({"type":"image_url", "image_url":"https:\/\/a"},{"image_url":{"url":"b"}},)"
                  R"({"image_url" : "c","x":1e5}]},{"content":"d"}]})"),
        R"({"messages":[{"role":"user","content":[{"type":"text","text":"image_url"},)"
        R"({"type":"image_url", "image_url":{"url":"https:\/\/a"}},{"image_url":{"url":"b"}},)"
        R"({"image_url" : {"url":"c"},"x":1e5}]},{"content":"d"}]})"
    );
}

TEST(MistralSpelling, leaves_everything_else_as_it_is)
{
    const std::string plain =
        R"({ "tool_choice":"auto","seed":1,"random_seed":2,"messages":[{"content":[{"type":"image_url","image_url":{"url":"b"}}]}]})";
    EXPECT_EQ(respelled(plain), plain);
}

}  // namespace
}  // namespace sluice
