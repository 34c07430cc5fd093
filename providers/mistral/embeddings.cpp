#include "providers/mistral/models.hpp"
#include "providers/mistral/request.hpp"
#include "providers/openai_dialect/call.hpp"
#include "providers/openai_dialect/fields.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace sluice::mistral {
namespace {

using openai_dialect::unfit;

/// The size of a vector is part of what was asked for: another size fits no index.
Result<void> add_dimensions(std::int64_t asked, std::string_view model, json::ObjectWriter& body)
{
    const auto known = dimensions_of(model);
    if (asked == known.fixed) return {};
    if (known.fixed != 0 || (known.largest != 0 && asked > known.largest))
        return unfit("dimensions", model);
    body.field("output_dimension", asked);
    return {};
}

}  // namespace

Result<Call> encode_embeddings(
    const EmbeddingsRequest& request, const Deployment& deployment, LeftOut left_out
)
{
    if (request.token_input) return unfit("input", deployment.model);
    Call call;
    std::string text;
    json::ObjectWriter body(text);
    body.field("model", deployment.model);
    body.raw("input", request.document.find("input").value_or("[]"));
    if (request.dimensions)
        if (auto done = add_dimensions(*request.dimensions, deployment.model, body); !done)
            return std::unexpected(std::move(done).error());
    for (const auto* own : {"metadata", "output_dimension", "output_dtype"})
        if (const auto given = request.document.find(own); given && !json::is_null(*given))
            body.raw(own, *given);
    body.field("encoding_format", "float");
    body.close();
    for (const auto& path : left_out) text = openai_dialect::without_path(text, path);

    constexpr std::array<std::string_view, 7> known{
        "model",
        "input",
        "dimensions",
        "encoding_format",
        "metadata",
        "output_dimension",
        "output_dtype"
    };
    for (const auto& member : request.document.members()) {
        const auto key = request.document.key(member);
        const bool asks = !json::is_null(request.document.value(member));
        if (asks && std::ranges::find(known, key) == known.end())
            call.warnings.push_back(openai_dialect::dropped(key, deployment.model));
    }
    call.request = openai_dialect::post_json(*deployment.endpoint, "/embeddings", std::move(text));
    return call;
}

}  // namespace sluice::mistral
