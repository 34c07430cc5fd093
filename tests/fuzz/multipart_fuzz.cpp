// The form parser against itself: the same form gives the same parts however it is cut, and what
// the writer makes of them is read as the same again.

#include "core/multipart.hpp"
#include "require.hpp"

#include <cstdint>
#include <vector>

namespace {

using namespace sluice;
using Step = MultipartParser::Step;

struct Part {
    std::string name;
    std::optional<std::string> filename;
    std::string content;
    bool operator==(const Part&) const = default;
};

struct Outcome {
    std::vector<Part> parts;
    bool ended = false;
    bool failed = false;
    bool operator==(const Outcome&) const = default;
};

Outcome parse(std::string_view text, std::size_t piece)
{
    Outcome out;
    MultipartParser parser("b");
    for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
        parser.feed(text.substr(0, piece));
        while (true) {
            const auto step = parser.next();
            out.failed = !step;
            if (!step) return out;
            if (*step == Step::part)
                out.parts.push_back({std::string(parser.name()), parser.filename(), {}});
            if (*step == Step::data) out.parts.back().content += parser.data();
            out.ended = *step == Step::end;
            if (out.ended) return out;
            if (*step == Step::need_more) break;
        }
    }
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size > 4096) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto whole = parse(text, size + 1);
    // A head that is both too long and malformed may be called either; small inputs have no such.
    for (const std::size_t piece : {1uz, 2uz, 3uz, 7uz, 64uz}) require(parse(text, piece) == whole);

    MultipartWriter writer("b");
    std::string written;
    bool safe = true;  // no content that holds the boundary of our own
    for (const auto& part : whole.parts) {
        safe = safe && !part.content.contains("\r\n--b");
        writer.field(written, "n", part.content);
    }
    writer.end(written);
    if (!safe) return 0;
    const auto again = parse(written, 16);
    require(again.ended && again.parts.size() == whole.parts.size());
    for (std::size_t i = 0; i < again.parts.size(); ++i)
        require(again.parts[i].content == whole.parts[i].content);
    return 0;
}
