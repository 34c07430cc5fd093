// Forms on their way through: what is held, what waits in a file, what cannot be sent twice.
#include "server/upload.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <deque>
#include <string>
#include <vector>

namespace sluice::test {
namespace {

constexpr std::array<std::string_view, 2> file_names{"file", "audio"};
constexpr auto form_type = "multipart/form-data; boundary=b";

/// A caller who sends these pieces.
class Pieces final : public BodySource {
public:
    Pieces(std::string_view text, std::size_t size)
    {
        for (; !text.empty(); text.remove_prefix(std::min(size, text.size())))
            pieces_.emplace_back(text.substr(0, size));
    }
    Task<Result<std::string_view>> read() override
    {
        if (pieces_.empty()) co_return std::string_view();
        piece_ = pieces_.front();
        pieces_.pop_front();
        co_return piece_;
    }
    void stop() override {}
    bool empty() const { return pieces_.empty(); }

private:
    std::deque<std::string> pieces_;
    std::string piece_;
};

/// A form of these fields and the file, which stands where a field has no name.
std::string form(const std::vector<FormField>& fields, std::string_view file_field = "file")
{
    std::string out;
    MultipartWriter writer("b");
    for (const auto& [name, value] : fields) {
        if (!name.empty()) {
            writer.field(out, name, value);
            continue;
        }
        writer.begin_file(out, file_field, "a.mp3", "audio/mpeg");
        out += value;
        writer.end_file(out);
    }
    writer.end(out);
    return out;
}

struct Received {
    Result<void> opened;
    std::vector<Result<std::string>> contents;  // read once, and again where it can be rewound
    Form before;
    Form form;
    bool unread_after_opening = false;
    bool has_file = false;
};

class UploadTest : public testing::Test {
protected:
    Received receive(const std::string& text, std::size_t piece = 7)
    {
        Received out;
        Pieces caller(text, piece);
        asio::co_spawn(context_, take(caller, out), asio::detached);
        context_.restart();
        context_.run();
        return out;
    }

private:
    asio::io_context context_{1};
    Background background_;

    Task<void> take(Pieces& caller, Received& out)
    {
        Upload upload(caller, background_, context_.get_executor());
        out.opened = co_await upload.open(form_type, file_names, "model");
        out.has_file = upload.has_file();
        out.unread_after_opening = !caller.empty();
        out.before = upload.form();
        if (out.opened && out.has_file) {
            do {
                auto read = co_await content_of(upload);
                out.contents.push_back(std::move(read));
            } while (out.contents.size() < 2 && out.contents.back() && upload.rewind());
        }
        out.form = upload.form();
    }

    static Task<Result<std::string>> content_of(Upload& upload)
    {
        std::string content;
        while (true) {
            auto piece = co_await upload.read();
            if (!piece) co_return std::unexpected(std::move(piece).error());
            if (piece->empty()) co_return content;
            content += *piece;
        }
    }
};

TEST_F(UploadTest, file_behind_the_model_is_read_as_it_comes_and_once)
{
    const auto got = receive(form({{"model", "m"}, {"", "content"}, {"language", "en"}}));
    ASSERT_TRUE(got.opened);
    EXPECT_TRUE(got.unread_after_opening);
    EXPECT_EQ(got.before.fields, (std::vector<FormField>{{"model", "m"}}));
    ASSERT_EQ(got.contents.size(), 1u);
    EXPECT_EQ(got.contents[0], "content");
    EXPECT_EQ(got.form.fields, (std::vector<FormField>{{"model", "m"}, {"language", "en"}}));
    EXPECT_EQ(got.form.filename, "a.mp3");
    EXPECT_EQ(got.form.content_type, "audio/mpeg");
}

TEST_F(UploadTest, file_before_the_model_waits_and_can_be_read_again)
{
    for (const std::size_t size : {0uz, 10uz, Spool::in_memory - 1, 3 * Spool::in_memory + 5}) {
        std::string content;
        for (std::size_t i = 0; i < size; ++i) content += static_cast<char>(i * 7 + i / 251);
        const auto got = receive(form({{"", content}, {"model", "m"}}, "audio"), 10'000);
        ASSERT_TRUE(got.opened);
        EXPECT_FALSE(got.unread_after_opening);
        EXPECT_EQ(got.before.find("model"), "m");
        ASSERT_EQ(got.contents.size(), 2u) << size;
        EXPECT_TRUE(got.contents[0] == content) << size;
        EXPECT_TRUE(got.contents[1] == content) << size;
    }
}

TEST_F(UploadTest, disk_that_is_full_or_missing_is_the_gateways_overload)
{
    const char* before = std::getenv("TMPDIR");
    const std::string kept = before ? before : "";
    setenv("TMPDIR", "/nonexistent/directory", 1);
    const auto got = receive(form({{"", std::string(Spool::in_memory + 1, 'x')}, {"model", "m"}}));
    before ? setenv("TMPDIR", kept.c_str(), 1) : unsetenv("TMPDIR");
    ASSERT_FALSE(got.opened);
    EXPECT_EQ(got.opened.error().kind, ErrorKind::overloaded_here);
    EXPECT_TRUE(got.opened.error().message.contains("TMPDIR")) << got.opened.error().message;
}

TEST_F(UploadTest, fields_are_bounded)
{
    const auto one = receive(form({{"prompt", std::string(65 * 1024, 'x')}, {"", "f"}}), 1000);
    EXPECT_EQ(one.opened.error().kind, ErrorKind::payload_too_large);
    std::vector<FormField> many(20'000, {"n", "v"});
    EXPECT_EQ(receive(form(many), 10'000).opened.error().kind, ErrorKind::payload_too_large);
}

TEST_F(UploadTest, form_without_a_file_or_with_two)
{
    const auto none = receive(form({{"model", "m"}, {"file", "text without a file name"}}));
    EXPECT_TRUE(none.opened);
    EXPECT_FALSE(none.has_file);
    const auto two = receive(form({{"model", "m"}, {"", "1"}, {"", "2"}}));
    ASSERT_EQ(two.contents.size(), 1u);
    ASSERT_FALSE(two.contents[0]);
    EXPECT_EQ(two.contents[0].error().kind, ErrorKind::invalid_request);
}

TEST_F(UploadTest, form_that_is_cut_short_is_an_error_not_an_end)
{
    const auto whole = form({{"model", "m"}, {"", "content"}});
    const auto got = receive(whole.substr(0, whole.size() - 5));
    ASSERT_EQ(got.contents.size(), 1u);
    ASSERT_FALSE(got.contents[0]);
    EXPECT_EQ(got.contents[0].error().kind, ErrorKind::malformed);
}

}  // namespace
}  // namespace sluice::test
