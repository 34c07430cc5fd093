#include "providers/openai_dialect/embeddings.hpp"

#include "core/base64.hpp"
#include "providers/openai_dialect/errors.hpp"
#include "providers/openai_dialect/lenient.hpp"
#include "providers/openai_dialect/usage.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice::openai_dialect {
namespace {

using json::Cursor;
using Kind = Cursor::Kind;

struct Entry {
    std::int64_t index = 0;
    std::int64_t position = 0;
    std::string numbers;  // JSON text; empty: none that make sense
};

/// The little-endian float32 at p.
float read_float(const char* p)
{
    std::uint32_t bits = 0;
    for (int i = 3; i >= 0; --i) bits = bits << 8 | static_cast<unsigned char>(p[i]);
    return std::bit_cast<float>(bits);
}

/// The vector as a JSON array, each number in as few digits as tell it from its neighbours; empty
/// where the text is no base64 of floats.
std::string numbers_of(std::string_view base64)
{
    std::string bytes;
    if (!decode_base64(base64, bytes) || bytes.empty() || bytes.size() % sizeof(float) != 0)
        return {};
    std::string out = "[";
    for (std::size_t at = 0; at < bytes.size(); at += sizeof(float)) {
        const float value = read_float(bytes.data() + at);
        if (!std::isfinite(value)) return {};
        std::array<char, 32> text;
        const auto end = std::to_chars(text.begin(), text.end(), value).ptr;
        if (at > 0) out += ',';
        out.append(text.begin(), end);
    }
    return out += ']';
}

Entry read_entry(Cursor& at, std::int64_t position)
{
    Entry entry{.index = position, .position = position, .numbers = {}};
    if (at.peek() != Kind::object) {
        at.skip();
        return entry;
    }
    at.enter_object();
    while (auto key = at.next_key()) {
        if (*key == "index") {
            entry.index = read_count(at).value_or(position);
        } else if (*key == "embedding" && at.peek() == Kind::string) {
            entry.numbers = numbers_of(at.string());
        } else if (*key == "embedding" && at.peek() == Kind::array) {
            entry.numbers = std::string(read_numbers(at));
        } else {
            at.skip();
        }
    }
    return entry;
}

std::vector<Entry> read_entries(Cursor& at)
{
    std::vector<Entry> entries;
    if (at.peek() != Kind::array) {
        at.skip();
        return entries;
    }
    at.enter_array();
    while (at.next_element())
        entries.push_back(read_entry(at, static_cast<std::int64_t>(entries.size())));
    return entries;
}

}  // namespace

Result<EmbeddingsResponse> decode_embeddings(std::string_view body)
{
    EmbeddingsResponse answer;
    std::vector<Entry> entries;
    Cursor at(body);
    at.enter_object();
    while (auto key = at.next_key()) {
        if (*key == "data")
            entries = read_entries(at);
        else if (*key == "id")
            answer.id = read_text(at).str();
        else if (*key == "model")
            answer.model = read_text(at).str();
        else if (*key == "usage")
            answer.usage = read_usage(at);
        else
            at.skip();
    }
    if (!at.finish())
        return fail(ErrorKind::bad_response, concat("no list of embeddings: ", at.error().message));
    if (entries.empty()) {
        if (auto facts = find_error(body))
            return std::unexpected(classify(200, std::move(*facts), {}));
        return fail(ErrorKind::bad_response, "the answer has no embeddings");
    }
    std::ranges::sort(entries, {}, [](const Entry& entry) {
        return std::pair(entry.index, entry.position);
    });
    for (auto& entry : entries) {
        if (entry.numbers.empty())
            return fail(ErrorKind::bad_response, "the answer has an embedding that is no vector");
        answer.embeddings.push_back(std::move(entry.numbers));
    }
    return answer;
}

}  // namespace sluice::openai_dialect
