#include "server/docs_example.hpp"

#include "core/error.hpp"
#include "server/openapi_view.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

namespace sluice {

namespace bj = boost::json;

namespace {

/// In single quotes for a shell.
std::string quoted_for_shell(std::string_view text)
{
    std::string out = "'";
    for (const char c : text) c == '\'' ? out += "'\\''" : out += c;
    return out += '\'';
}

std::string path_with_examples(
    const bj::object& document, std::string_view path, const bj::object& operation
)
{
    std::string out(path);
    for (const auto& parameter : operation.at("parameters").as_array()) {
        const auto& one = resolved(document, parameter.as_object());
        const auto place = out.find(concat("{", text_of(one, "name"), "}"));
        if (place != out.npos && text_of(one, "in") == "path")
            out.replace(place, text_of(one, "name").size() + 2, text_of(one, "example"));
    }
    return out;
}

bool needs_key(const bj::object& operation)
{
    const auto& ways = operation.at("security").as_array();
    return !ways.empty() && !ways.front().as_object().empty();
}

std::string body_arguments(std::string_view type, const bj::object& media)
{
    const auto* example = media.if_contains("example");
    if (!example) return {};
    if (type != "multipart/form-data")
        return concat(
            " \\\n  -H 'content-type: ",
            type,
            "' \\\n  -d ",
            quoted_for_shell(bj::serialize(*example))
        );
    std::string out;
    for (const auto& [field, value] : example->as_object())
        out += concat(" -F ", quoted_for_shell(concat(field, "=", value.as_string())));
    return concat(" \\\n ", out);
}

}  // namespace

std::string curl_command(
    const bj::object& document,
    std::string_view path,
    std::string_view method,
    const bj::object& operation
)
{
    const auto* body = operation.if_contains("requestBody");
    std::string out = "curl ";
    if (method == "delete") out += "-X DELETE ";
    if (method == "post" && !body) out += "-X POST ";
    out += concat("http://127.0.0.1:8006", path_with_examples(document, path, operation));
    if (needs_key(operation)) out += " \\\n  -H \"authorization: Bearer $KEY\"";
    if (body)
        for (const auto& [type, media] : body->at("content").as_object())
            out += body_arguments(type, media.as_object());
    return out;
}

}  // namespace sluice
