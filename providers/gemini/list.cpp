#include "providers/gemini/list.hpp"

#include "core/json.hpp"
#include "providers/gemini/call.hpp"
#include "providers/gemini/errors.hpp"
#include "providers/gemini/models.hpp"
#include "providers/openai_dialect/call.hpp"
#include "providers/tree.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace sluice::gemini {

using tree::string_at;

HttpRequest encode_models(const Endpoint& endpoint)
{
    // The largest page; the usual one has 50, which are not all.
    return openai_dialect::get_json(endpoint, "/models?pageSize=1000", key_header);
}

Result<std::vector<ListedModel>> decode_models(std::string_view body)
{
    const auto parsed = json::parse_tree(body);
    if (!parsed) return fail(ErrorKind::bad_response, "the list of models is no JSON");
    const auto& from = tree::object_in(*parsed);
    if (!from.contains("models") || !from.at("models").is_array()) {
        if (tree::has(from, "error"))
            return std::unexpected(
                decode_error({.status = 200, .headers = {}, .body = std::string(body)})
            );
        return fail(ErrorKind::bad_response, "the answer has no list of models");
    }
    std::vector<ListedModel> models;
    for (const auto& entry : from.at("models").get_array()) {
        const auto& listed = tree::object_in(entry);
        const auto description = string_at(listed, "description");
        ListedModel model;
        model.id = bare_id(string_at(listed, "name"));
        model.description = description.empty() ? string_at(listed, "displayName") : description;
        model.context_window =
            std::max<std::int64_t>(tree::integer_at(listed, "inputTokenLimit"), 0);
        model.owned_by = "google";
        if (!model.id.empty()) models.push_back(std::move(model));
    }
    return models;
}

}  // namespace sluice::gemini
