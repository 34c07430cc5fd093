#include "providers/mistral/errors.hpp"

#include "core/json.hpp"
#include "providers/openai_dialect/errors.hpp"
#include "providers/tree.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::mistral {
namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;
using tree::string_at;

void append_step(std::string& path, std::string_view step)
{
    if (!path.empty()) path += '.';
    path += step;
}

std::string step_text(const value& step)
{
    return step.is_string() ? std::string(tree::string_in(step)) : json::serialize(step);
}

std::string joined(const array& loc)
{
    std::string path;
    for (const auto& step : loc) append_step(path, step_text(step));
    return path;
}

/// True for the name of an alternative that the validator tried, which is no level of the JSON: a
/// message's role and a chunk's type behind their index, a type ("str", "list[...]", "ImageURL")
/// behind a field.
bool is_alternative(std::string_view name, std::string_view element_of)
{
    constexpr std::array<std::string_view, 4> roles{"system", "user", "assistant", "tool"};
    constexpr std::array<std::string_view, 7> chunks{
        "text", "image_url", "document_url", "reference", "file", "thinking", "input_audio"
    };
    if (element_of == "messages") return std::ranges::find(roles, name) != roles.end();
    if (element_of == "content") return std::ranges::find(chunks, name) != chunks.end();
    const bool is_class = !name.empty() && name.front() >= 'A' && name.front() <= 'Z';
    return is_class || name == "str" || name.find('[') != std::string_view::npos;
}

/// The path in the request that a validator's "loc" means: without "body" and alternatives.
std::string path_of(const array& loc)
{
    std::string path;
    std::string_view field;
    std::string_view element_of;  // the list that the step before was an index into
    for (const auto& step : loc) {
        if (!step.is_string()) {
            append_step(path, step_text(step));
            element_of = std::exchange(field, {});
            continue;
        }
        const auto name = tree::string_in(step);
        const bool skipped = (path.empty() && name == "body") || is_alternative(name, element_of);
        element_of = {};
        if (skipped) continue;
        append_step(path, name);
        field = name;
    }
    return path;
}

/// What a validator found wrong, one line of all findings.
std::string findings_text(const array& findings)
{
    std::string text;
    for (const auto& finding : findings) {
        const auto& entry = tree::object_in(finding);
        if (!text.empty()) text += "; ";
        text += concat(joined(tree::array_at(entry, "loc")), ": ", string_at(entry, "msg"));
    }
    return text;
}

/// The first field to leave out, where forbidden fields are all that is wrong.
std::string repair_of(const array& findings)
{
    const auto forbidden = [](const value& finding) {
        return string_at(tree::object_in(finding), "type") == "extra_forbidden";
    };
    if (findings.empty() || !std::ranges::all_of(findings, forbidden)) return {};
    auto path = path_of(tree::array_at(findings.front().get_object(), "loc"));
    return openai_dialect::may_be_left_out(path) ? path : std::string();
}

/// What the provider's own numbers mean.
std::optional<ErrorKind> kind_of_code(std::string_view code)
{
    struct Known {
        std::string_view code;
        ErrorKind kind;
    };
    constexpr std::array known{
        Known{"1300", ErrorKind::rate_limited},
        Known{"1500", ErrorKind::model_gone},
        Known{"3051", ErrorKind::context_too_long},
        Known{"3230", ErrorKind::rejected},
        Known{"3505", ErrorKind::rate_limited},
    };
    const auto found = std::ranges::find(known, code, &Known::code);
    if (found == known.end()) return {};
    return found->kind;
}

/// "detail" or "message" may be text, a list of findings, or an object with one of the two in it.
const value* innermost_detail(const object& body)
{
    for (const auto* key : {"detail", "message"}) {
        const auto* found = body.if_contains(key);
        if (!found || found->is_null()) continue;
        if (found->is_object()) return innermost_detail(found->get_object());
        return found;
    }
    return nullptr;
}

}  // namespace

Error decode_error(const HttpResponse& response)
{
    const auto parsed = json::parse_tree(response.body);
    if (!parsed) return openai_dialect::decode_error(response);
    const auto& body = tree::object_in(*parsed);
    const auto* detail = innermost_detail(body);
    if (!detail) return openai_dialect::decode_error(response);

    openai_dialect::ErrorFacts facts{
        .message = std::string(tree::string_in(*detail)),
        .type = std::string(string_at(body, "type")),
        .code = body.contains("code") ? step_text(body.at("code")) : std::string(),
        .param = std::string(string_at(body, "param")),
    };
    std::string repair;
    if (const auto* findings = detail->if_array(); findings && !findings->empty()) {
        facts.message = findings_text(*findings);
        facts.param = path_of(tree::array_at(tree::object_in(findings->front()), "loc"));
        repair = repair_of(*findings);
    }
    const auto known = kind_of_code(facts.code);
    auto error = openai_dialect::classify(response.status, std::move(facts), response.headers);
    if (known) error.kind = *known;
    if (!repair.empty()) {
        error.kind = ErrorKind::unsupported_parameter;
        error.repair = std::move(repair);
    }
    return error;
}

}  // namespace sluice::mistral
