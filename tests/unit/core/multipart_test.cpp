// Taking forms apart as they come, and writing them.
#include "core/multipart.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace sluice {
namespace {

using Step = MultipartParser::Step;

struct Part {
    std::string name;
    std::optional<std::string> filename;
    std::string type;
    std::string content;
    bool operator==(const Part&) const = default;
};

struct Parsed {
    std::vector<Part> parts;
    bool ended = false;
    std::optional<Error> error;
};

Parsed parse(std::string_view text, std::size_t piece, std::string_view boundary = "b")
{
    Parsed out;
    MultipartParser parser(boundary);
    for (; !out.ended && !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
        parser.feed(text.substr(0, piece));
        while (true) {
            const auto step = parser.next();
            if (!step) {
                out.error = step.error();
                return out;
            }
            if (*step == Step::part)
                out.parts.push_back({
                    std::string(parser.name()),
                    parser.filename(),
                    std::string(parser.content_type()),
                    {},
                });
            if (*step == Step::data) out.parts.back().content += parser.data();
            out.ended = *step == Step::end;
            if (out.ended || *step == Step::need_more) break;
        }
    }
    return out;
}

const std::string form =
    "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n"
    "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a b.mp3\"\r\n"
    "Content-Type: audio/mpeg\r\n\r\n\r\n\r--b\r\n--\r\n-b\r\r\n\r\n"
    "--b \t\r\nContent-Disposition: form-data; name=empty\r\n\r\n\r\n"
    "--b--\r\nepilogue";

TEST(Multipart, parts_are_the_same_however_the_form_is_cut)
{
    for (std::size_t piece = 1; piece <= form.size(); ++piece) {
        const auto parsed = parse(form, piece);
        ASSERT_FALSE(parsed.error) << piece << ": " << parsed.error->message;
        ASSERT_TRUE(parsed.ended) << piece;
        ASSERT_EQ(parsed.parts.size(), 3u) << piece;
        EXPECT_EQ(parsed.parts[0], (Part{"model", std::nullopt, "", "whisper-1"})) << piece;
        EXPECT_EQ(
            parsed.parts[1], (Part{"file", "a b.mp3", "audio/mpeg", "\r\n\r--b\r\n--\r\n-b\r\r\n"})
        ) << piece;
        EXPECT_EQ(parsed.parts[2], (Part{"empty", std::nullopt, "", ""})) << piece;
    }
}

TEST(Multipart, preamble_means_nothing)
{
    const auto parsed = parse("nothing\r\n-- b\r\n" + form, 5);
    EXPECT_EQ(parsed.parts.size(), 3u);
}

TEST(Multipart, a_large_part_is_given_back_as_it_comes)
{
    MultipartParser parser("b");
    parser.feed("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n");
    ASSERT_EQ(parser.next(), Step::part);
    const std::string piece(64 * 1024, '\r');
    std::size_t given = 0;
    for (int i = 0; i < 10; ++i) {
        parser.feed(piece);
        while (parser.next() == Step::data) given += parser.data().size();
        EXPECT_GE(given + 4, piece.size() * static_cast<std::size_t>(i + 1));
    }
}

TEST(Multipart, what_is_no_form_is_malformed)
{
    const std::vector<std::string> cases{
        "--b\r\nContent-Disposition: attachment; name=\"x\"\r\n\r\n1\r\n--b--",
        "--b\r\nContent-Type: text/plain\r\n\r\n1\r\n--b--",
        "--b\r\nno colon\r\n\r\n1\r\n--b--",
        "--bx\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n--b--",
        "--b\r\nX: " + std::string(20'000, 'x'),
        "--b" + std::string(300, ' '),
    };
    for (const auto& text : cases)
        for (const std::size_t piece : {1uz, 100'000uz}) {
            const auto parsed = parse(text, piece);
            ASSERT_TRUE(parsed.error) << text.substr(0, 60);
            EXPECT_EQ(parsed.error->kind, ErrorKind::malformed);
        }
}

TEST(Multipart, what_is_written_is_read_again)
{
    MultipartWriter writer("b");
    std::string out;
    writer.field(out, "model", "whisper-1");
    writer.field(out, "prompt", "line\r\nline \"quoted\"");
    writer.begin_file(out, "file", "a\"\r\nX: b\\", "audio/mpeg\r\nX: y");
    out += "bytes";
    writer.end_file(out);
    writer.end(out);
    const auto parsed = parse(out, out.size());
    ASSERT_EQ(parsed.parts.size(), 3u) << out;
    EXPECT_EQ(parsed.parts[1].content, "line\r\nline \"quoted\"");
    EXPECT_EQ(
        parsed.parts[2], (Part{"file", "a%22  X: b\\ ", "application/octet-stream", "bytes"})
    );
    EXPECT_TRUE(parsed.ended);
}

TEST(Multipart, boundary_is_read_from_the_content_type)
{
    EXPECT_EQ(multipart_boundary("multipart/form-data; boundary=abc"), "abc");
    EXPECT_EQ(multipart_boundary("Multipart/Form-Data; charset=x; Boundary=\"a b\" ; y=z"), "a b");
    for (const auto* none :
         {"",
          "application/json",
          "multipart/mixed; boundary=a",
          "multipart/form-data",
          "multipart/form-data; boundary=",
          "multipart/form-data; boundary=\"\""})
        EXPECT_EQ(multipart_boundary(none), std::nullopt) << none;
    EXPECT_EQ(
        multipart_boundary("multipart/form-data; boundary=" + std::string(71, 'x')), std::nullopt
    );
}

}  // namespace
}  // namespace sluice
