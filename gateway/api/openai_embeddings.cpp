#include "api/openai_embeddings.hpp"

#include "api/field_rules.hpp"

#include <array>
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

}  // namespace

Result<EmbeddingsRequest> parse_embeddings_request(std::string body)
{
    auto document = json::Document::parse(std::move(body));
    if (!document) return std::unexpected(std::move(document).error());
    EmbeddingsRequest request;
    request.document = std::move(*document);
    if (auto sound = check_fields(rules, request); !sound)
        return std::unexpected(std::move(sound).error());
    request.model = json::as_string(request.document.find("model").value_or("null")).value_or("");
    request.dimensions = json::as_integer(request.document.find("dimensions").value_or("null"));
    return request;
}

}  // namespace sluice
