#include "providers/openai_dialect/call.hpp"

#include <charconv>
#include <utility>

namespace sluice::openai_dialect {
namespace {

constexpr std::size_t typical_headers = 384;

void add_credential(HttpRequest& request, const Endpoint& endpoint, std::string_view key_header)
{
    if (key_header.empty())
        request.headers.append(endpoint.api_key.bearer());
    else if (!endpoint.api_key.empty())
        request.headers.add(key_header, endpoint.api_key);
}

void begin(
    HttpRequest& request,
    const Endpoint& endpoint,
    std::string_view path,
    std::string_view accept,
    std::string_view key_header
)
{
    append_all(request.target, endpoint.base_path, path);
    request.headers.reserve(typical_headers);
    add_credential(request, endpoint, key_header);
    request.headers.append_lines("accept: ", accept, "\r\naccept-encoding: identity\r\n");
    request.headers.append(endpoint.headers);
}

/// The child of an object or array; nullptr where there is none.
boost::json::value* child(boost::json::value& parent, std::string_view step)
{
    if (auto* object = parent.if_object()) return object->if_contains(step);
    auto* array = parent.if_array();
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(step.begin(), step.end(), index);
    if (!array || error != std::errc() || end != step.end()) return nullptr;
    return array->if_contains(index);
}

bool erase_at(boost::json::value& tree, std::string_view path)
{
    auto* parent = &tree;
    for (auto dot = path.find('.'); dot != path.npos; dot = path.find('.')) {
        parent = child(*parent, path.substr(0, dot));
        if (!parent) return false;
        path.remove_prefix(dot + 1);
    }
    auto* object = parent->if_object();
    return object && object->erase(path) > 0;
}

}  // namespace

void begin_post(
    HttpRequest& request,
    const Endpoint& endpoint,
    std::string_view path,
    bool stream,
    std::string_view key_header
)
{
    constexpr std::string_view events = "text/event-stream", json = "application/json";
    begin(request, endpoint, path, stream ? events : json, key_header);
    request.headers.append_lines("content-type: application/json\r\n");
}

HttpRequest post_json(
    const Endpoint& endpoint,
    std::string_view path,
    std::string body,
    bool stream,
    std::string_view key_header
)
{
    HttpRequest request;
    begin_post(request, endpoint, path, stream, key_header);
    request.body = std::move(body);
    return request;
}

HttpRequest get_json(const Endpoint& endpoint, std::string_view path, std::string_view key_header)
{
    HttpRequest request;
    begin(request, endpoint, path, "application/json", key_header);
    request.method = "GET";
    return request;
}

void put_body(HttpRequest& request, json::Spliced body)
{
    request.body = std::move(body.text);
    request.lent = body.lent;
    request.lent_after = body.lent_after;
}

Call forwarded(
    std::string_view path,
    const json::Document& document,
    const Deployment& deployment,
    LeftOut left_out
)
{
    json::Edits edits;
    edits.put("model", json::quoted(deployment.model));
    for (const auto& name : left_out) edits.remove(name);
    Call call{.request = post_json(*deployment.endpoint, path, {})};
    put_body(call.request, document.spliced_lending(edits));
    return call;
}

HttpRequest post_form(const Endpoint& endpoint, std::string_view path)
{
    HttpRequest request;
    begin(request, endpoint, path, "*/*", {});
    return request;
}

std::string without_path(std::string_view json_text, std::string_view dotted_path)
{
    auto tree = json::parse_tree(json_text);
    if (!tree || !erase_at(*tree, dotted_path)) return std::string(json_text);
    return json::serialize(*tree);
}

}  // namespace sluice::openai_dialect
