// The event stream parser against the standard's rules written down plainly, and against itself:
// the same stream gives the same events however it is cut.

#include "core/sse.hpp"
#include "require.hpp"

#include <cstdint>
#include <vector>

namespace {

using namespace sluice;

struct Event {
    std::string type, data, id;
    bool operator==(const Event&) const = default;
};

struct Outcome {
    std::vector<Event> events;
    std::optional<Event> last;  // what finish() gave
    bool failed = false;
    bool alive = false;
    bool operator==(const Outcome&) const = default;
};

Event copy(const SseEvent& event)
{
    return {std::string(event.type), std::string(event.data), std::string(event.id)};
}

/// A stream fed piece by piece.
class Stream {
public:
    explicit Stream(std::size_t max_event) : parser_(max_event) {}

    void feed(std::string_view bytes)
    {
        parser_.feed(bytes);
        while (true) {
            const auto event = parser_.next();
            if (!event) outcome_.failed = true;
            if (!event || !*event) break;
            outcome_.events.push_back(copy(**event));
        }
    }

    Outcome finish()
    {
        if (const auto event = parser_.finish()) outcome_.last = copy(*event);
        outcome_.alive = parser_.saw_comment();
        return std::move(outcome_);
    }

private:
    SseParser parser_;
    Outcome outcome_;
};

Outcome parse(std::string_view text, std::size_t piece, std::size_t max_event)
{
    Stream stream(max_event);
    for (std::size_t from = 0; from < text.size(); from += piece)
        stream.feed(text.substr(from, piece));
    return stream.finish();
}

Outcome parse_cut(std::string_view text, std::size_t cut, std::size_t max_event)
{
    Stream stream(max_event);
    stream.feed(text.substr(0, cut));
    stream.feed(text.substr(cut));
    return stream.finish();
}

std::vector<std::string> lines_of(std::string_view text)
{
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    std::vector<std::string> lines;
    std::string line;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\n' && i > 0 && text[i - 1] == '\r') continue;
        if (text[i] == '\n' || text[i] == '\r')
            lines.push_back(std::exchange(line, {}));
        else
            line += text[i];
    }
    return lines;
}

std::vector<Event> by_the_standard(std::string_view text)
{
    std::vector<Event> events;
    std::string data, type, id;
    for (const auto& line : lines_of(text)) {
        if (line.empty()) {
            if (!data.empty()) {
                data.pop_back();
                events.push_back({type.empty() ? "message" : type, data, id});
            }
            data.clear();
            type.clear();
            continue;
        }
        const auto colon = line.find(':');
        const auto field = line.substr(0, colon);
        auto value = colon == line.npos ? "" : line.substr(colon + 1);
        if (value.starts_with(' ')) value.erase(0, 1);
        if (field == "data") data += value + '\n';
        if (field == "event") type = value;
        if (field == "id" && !value.contains('\0')) id = value;
    }
    return events;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    constexpr std::size_t large = 1 << 20, small = 12;
    if (size > 4096) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto whole = parse(text, size + 1, large);
    require(!whole.failed);
    require(whole.events == by_the_standard(text));
    for (const auto limit : {large, small}) {
        const auto expected = parse(text, size + 1, limit);
        for (const std::size_t piece : {1uz, 2uz, 3uz, 7uz, 16uz})
            require(parse(text, piece, limit) == expected);
        for (std::size_t cut = 0; cut <= size; cut += 1 + size / 64)
            require(parse_cut(text, cut, limit) == expected);
    }

    std::string written;
    for (const auto& event : whole.events) append_event(written, event.type, event.data);
    const auto again = parse(written, written.size() + 1, large).events;
    require(again.size() == whole.events.size());
    for (std::size_t i = 0; i < again.size(); ++i)
        require(again[i].type == whole.events[i].type && again[i].data == whole.events[i].data);
    return 0;
}
