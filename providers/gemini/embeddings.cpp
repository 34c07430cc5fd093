#include "providers/gemini/embeddings.hpp"

#include "providers/gemini/call.hpp"
#include "providers/gemini/errors.hpp"
#include "providers/gemini/models.hpp"
#include "providers/gemini/usage.hpp"
#include "providers/openai_dialect/call.hpp"
#include "providers/openai_dialect/fields.hpp"
#include "providers/openai_dialect/lenient.hpp"
#include "providers/tree.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace sluice::gemini {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;
using json::Cursor;
using Kind = Cursor::Kind;

object request_for(const value& text, const object& given, const Deployment& deployment)
{
    object one{
        {"model", concat("models/", bare_id(deployment.model))},
        {"content", {{"parts", array{object{{"text", text}}}}}}
    };
    if (tree::has(given, "dimensions")) one["outputDimensionality"] = given.at("dimensions");
    tree::copy(given, one, {"taskType", "title"});
    return one;
}

void warn_of_left_out(
    const object& given, std::string_view model, std::vector<std::string>& warnings
)
{
    constexpr std::array<std::string_view, 6> known{
        "model", "input", "dimensions", "encoding_format", "taskType", "title"
    };
    for (const auto& field : given)
        if (!field.value().is_null() &&
            std::ranges::find(known, std::string_view(field.key())) == known.end())
            warnings.push_back(openai_dialect::dropped(field.key(), model));
}

/// The vector of a {"values":[…]}; empty where it is none.
std::string read_embedding(Cursor& at)
{
    std::string numbers;
    if (at.peek() != Kind::object) {
        at.skip();
        return numbers;
    }
    at.enter_object();
    while (auto key = at.next_key()) {
        if (*key == "values" && at.peek() == Kind::array)
            numbers = openai_dialect::read_numbers(at);
        else
            at.skip();
    }
    return numbers;
}

std::vector<std::string> read_embeddings(Cursor& at)
{
    std::vector<std::string> embeddings;
    if (at.peek() != Kind::array) {
        at.skip();
        return embeddings;
    }
    at.enter_array();
    while (at.next_element()) embeddings.push_back(read_embedding(at));
    return embeddings;
}

std::optional<Usage> usage_in(std::string_view metadata)
{
    const auto parsed = json::parse_tree(metadata);
    return parsed ? read_usage(tree::object_in(*parsed)) : std::nullopt;
}

}  // namespace

Result<Call> encode_embeddings(
    const EmbeddingsRequest& request, const Deployment& deployment, LeftOut left_out
)
{
    if (request.token_input) return openai_dialect::unfit("input", deployment.model);
    const auto parsed = json::parse_tree(request.document.text());
    if (!parsed) return std::unexpected(parsed.error());
    const auto& given = tree::object_in(*parsed);

    array requests;
    if (given.contains("input") && given.at("input").is_string())
        requests.push_back(request_for(given.at("input"), given, deployment));
    for (const auto& text : tree::array_at(given, "input"))
        requests.push_back(request_for(text, given, deployment));
    auto body = json::serialize(object{{"requests", std::move(requests)}});
    for (const auto& path : left_out) body = openai_dialect::without_path(body, path);

    Call call;
    warn_of_left_out(given, deployment.model, call.warnings);
    call.request = post_to_model(deployment, "batchEmbedContents", std::move(body));
    return call;
}

Result<EmbeddingsResponse> decode_embeddings(std::string_view body)
{
    EmbeddingsResponse answer;
    bool failed = false;
    Cursor at(body);
    at.enter_object();
    while (auto key = at.next_key()) {
        if (*key == "embeddings")
            answer.embeddings = read_embeddings(at);
        else if (*key == "embedding")
            answer.embeddings = {read_embedding(at)};
        else if (*key == "usageMetadata")
            answer.usage = usage_in(at.skip());
        else if (*key == "error")
            failed = !json::is_null(at.skip());
        else
            at.skip();
    }
    if (!at.finish())
        return fail(ErrorKind::bad_response, concat("no list of embeddings: ", at.error().message));
    if (answer.embeddings.empty()) {
        if (failed)
            return std::unexpected(
                decode_error({.status = 200, .headers = {}, .body = std::string(body)})
            );
        return fail(ErrorKind::bad_response, "the answer has no embeddings");
    }
    if (std::ranges::any_of(answer.embeddings, &std::string::empty))
        return fail(ErrorKind::bad_response, "the answer has an embedding that is no vector");
    return answer;
}

}  // namespace sluice::gemini
