#include "api/openai_embeddings.hpp"

#include "api/field_rules.hpp"
#include "api/json_array.hpp"
#include "core/base64.hpp"

#include <array>
#include <bit>
#include <optional>

namespace sluice {
namespace {

using Kind = json::Cursor::Kind;
constexpr std::size_t most_inputs = 2048;

bool check_token_ids(FieldChecker& value)
{
    std::size_t count = 0;
    const bool sound = value.array(count, [&] { return value.integer(0); });
    return sound && (count > 0 || value.refuse("must not be empty"));
}

/// Texts, token ids, or arrays of token ids: what the first is, all are.
bool check_inputs(FieldChecker& value, bool& token_input)
{
    std::optional<Kind> kind;
    std::size_t count = 0;
    const bool sound = value.array(count, [&] {
        if (!kind) kind = value.kind();
        token_input = *kind != Kind::string;
        if (*kind == Kind::string) return value.nonempty_text();
        if (*kind == Kind::number) return value.integer(0);
        if (*kind == Kind::array) return check_token_ids(value);
        return value.refuse_kind("a string, a token id or an array of token ids");
    });
    if (!sound) return false;
    if (count == 0) return value.refuse("must not be empty");
    if (kind == Kind::number || count <= most_inputs) return true;
    return value.refuse(concat("must have at most 2048 inputs; got ", std::to_string(count)));
}

bool check_input(FieldChecker& value, bool& token_input)
{
    token_input = false;
    if (value.kind() == Kind::string) return value.nonempty_text();
    if (value.kind() == Kind::array) return check_inputs(value, token_input);
    return value.refuse_kind("a string or an array");
}

using EmbeddingsRule = Rule<EmbeddingsRequest>;

/// Every field that has a rule.
constexpr std::array rules{
    EmbeddingsRule{"input", [](auto& v, auto& r) { return check_input(v, r.token_input); }, true},
    EmbeddingsRule{"model", [](auto& v, auto&) { return v.text(); }},
    EmbeddingsRule{"dimensions", [](auto& v, auto&) { return v.integer(1); }},
    EmbeddingsRule{"encoding_format", [](auto& v, auto&) { return v.one_of({"float", "base64"}); }},
    EmbeddingsRule{"user", [](auto& v, auto&) { return v.text(); }},
};

/// The numbers of a JSON array as little-endian float32.
std::string packed(const std::string& numbers)
{
    std::string out;
    json::Cursor at(numbers);
    at.enter_array();
    while (at.next_element()) {
        const auto value = static_cast<float>(at.number().value_or(0));
        const auto bits = std::bit_cast<std::uint32_t>(value);
        for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(bits >> shift & 0xFF);
    }
    return out;
}

}  // namespace

Result<EmbeddingsRequest> parse_embeddings_request(std::string body)
{
    EmbeddingsRequest request;
    if (auto sound = read_fields<rules>(std::move(body), request); !sound)
        return std::unexpected(std::move(sound).error());
    request.model = json::as_string(request.document.find("model").value_or("null")).value_or("");
    request.dimensions = json::as_integer(request.document.find("dimensions").value_or("null"));
    return request;
}

std::string openai_embeddings_body(
    const EmbeddingsResponse& response, const AnswerFacts& facts, bool as_base64
)
{
    std::string out;
    json::ObjectWriter body(out);
    body.field("object", "list");
    body.field("id", response.id.empty() ? concat("embd-", facts.request_id) : response.id);
    int index = 0;
    append_array(body.key("data"), response.embeddings, [&](const std::string& numbers) {
        json::ObjectWriter entry(out);
        entry.field("object", "embedding").field("index", index++);
        if (as_base64)
            entry.field("embedding", base64(packed(numbers)));
        else
            entry.raw("embedding", numbers);
        entry.close();
    });
    body.field("model", response.model.empty() ? facts.model : response.model);
    if (const auto& usage = response.usage) {
        json::ObjectWriter object(body.key("usage"));
        object.field("prompt_tokens", usage->prompt).field("total_tokens", usage->total);
        object.close();
    }
    body.close();
    return out;
}

}  // namespace sluice
