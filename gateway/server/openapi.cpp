#include "server/openapi.hpp"

#include "api/error_body.hpp"
#include "server/openapi_errors.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <cctype>
#include <initializer_list>
#include <stdexcept>
#include <string>

namespace sluice {

namespace bj = boost::json;

namespace {

bj::object reference(std::string_view section, std::string_view name)
{
    return {{"$ref", concat("#/components/", section, "/", name)}};
}

/// The object of that name, made where there is none.
bj::object& object_at(bj::object& within, std::string_view key)
{
    auto& value = within[key];
    if (value.is_null()) value.emplace_object();
    return value.as_object();
}

/// What all files say, put together.
struct Described {
    bj::object document;
    bj::object operations;
};

void add_members(bj::object& to, const bj::object& from, std::string_view file)
{
    for (const auto& [key, value] : from)
        if (!to.emplace(key, value).second)
            throw std::logic_error(concat(file, ": described twice: ", key));
}

Described read(std::span<const EmbeddedFile> files)
{
    Described all;
    for (const auto& file : files) {
        if (!file.name.ends_with(".json")) continue;
        auto members = bj::parse(file.bytes).as_object();
        if (const auto* operations = members.if_contains("operations"))
            add_members(all.operations, operations->as_object(), file.name);
        if (const auto* components = members.if_contains("components"))
            for (const auto& [section, named] : components->as_object())
                add_members(
                    object_at(object_at(all.document, "components"), section),
                    named.as_object(),
                    file.name
                );
        members.erase("operations");
        members.erase("components");
        add_members(all.document, members, file.name);
    }
    return all;
}

/// {id...} is {id} to OpenAPI.
std::string path_template(std::string_view path)
{
    std::string out(path);
    if (const auto rest = out.find("...}"); rest != out.npos) out.erase(rest, 3);
    return out;
}

bj::array security_of(const ApiEndpoint& endpoint)
{
    bj::array ways;
    if (endpoint.access == Access::open) return ways;
    if (endpoint.access == Access::metrics) ways.emplace_back(bj::object());
    ways.emplace_back(bj::object{{"bearer", bj::array()}});
    if (endpoint.surface == Surface::connector) return ways;
    for (const auto* header : {"x-api-key", "api-key"})
        ways.emplace_back(bj::object{{header, bj::array()}});
    return ways;
}

void add_parameters(bj::object& operation, const ApiEndpoint& endpoint)
{
    auto& all = operation["parameters"];
    if (all.is_null()) all.emplace_array();
    const auto add = [&](std::string_view name) {
        all.as_array().emplace_back(reference("parameters", name));
    };
    if (endpoint.surface == Surface::connector) add("own_key");
    add("request_id");
    if (endpoint.access == Access::open) return;
    for (const auto* name : {"deadline", "traceparent", "tracestate"}) add(name);
}

void add_headers(bj::object& response, std::initializer_list<std::string_view> names)
{
    auto& headers = object_at(response, "headers");
    for (const auto name : names) headers[name] = reference("headers", name);
}

/// The headers of every response of this endpoint.
void add_common_headers(bj::object& response, const ApiEndpoint& endpoint)
{
    add_headers(response, {"x-request-id"});
    if (error_form(endpoint.path) == ErrorForm::anthropic) add_headers(response, {"request-id"});
    if (endpoint.access != Access::model) return;
    for (const auto name : {"limit", "remaining", "reset"})
        add_headers(response, {concat("x-ratelimit-", name, "-requests")});
    add_headers(response, {"ratelimit", "ratelimit-policy"});
}

void add_answer_headers(bj::object& response)
{
    for (const auto* name : {"provider", "model", "attempts", "cost-usd", "warnings", "cache"})
        add_headers(response, {concat("x-sluice-", name)});
    add_headers(response, {"server-timing"});
}

void add_error_headers(bj::object& response, const ApiEndpoint& endpoint, std::string_view status)
{
    add_headers(response, {"x-should-retry"});
    if (status == "401") add_headers(response, {"www-authenticate"});
    if (status == "429" || status == "503")
        add_headers(response, {"retry-after", "retry-after-ms"});
    if (endpoint.access == Access::model) add_headers(response, {"x-sluice-attempts"});
}

/// The error responses that endpoints share, under names of their own.
class ErrorResponses {
public:
    explicit ErrorResponses(bj::object& shared) : shared_(shared) {}

    void add_to(bj::object& responses, const ApiEndpoint& endpoint)
    {
        for (const auto& [status, codes] : error_codes(endpoint))
            refer(responses, endpoint, std::to_string(status), codes);
        const bool asks_provider = endpoint.access == Access::model;
        refer(
            responses,
            endpoint,
            "default",
            concat(
                "Refused before it was read: 408, 414, 417, 431 or 505",
                asks_provider ? ", or with a status of the provider's own." : "."
            )
        );
    }

private:
    bj::object& shared_;

    void refer(
        bj::object& responses,
        const ApiEndpoint& endpoint,
        const std::string& status,
        const std::string& description
    )
    {
        if (responses.contains(status)) return;
        const auto form = name_of(error_form(endpoint.path));
        const auto name = concat(form, "_", name_of(endpoint.access), "_", status);
        responses[status] = reference("responses", name);
        if (shared_.contains(name)) return;
        bj::object response{{"description", description}};
        add_common_headers(response, endpoint);
        add_error_headers(response, endpoint, status);
        response["content"] = {
            {"application/json", {{"schema", reference("schemas", concat(form, "Error"))}}}
        };
        shared_[name] = std::move(response);
    }
};

bj::object operation_of(const ApiEndpoint& endpoint, bj::object operation, ErrorResponses& errors)
{
    const bool answers = operation.erase("x-answers") > 0;
    add_parameters(operation, endpoint);
    operation["security"] = security_of(endpoint);
    auto& responses = operation["responses"].as_object();
    for (auto& [status, response] : responses) {
        add_common_headers(response.as_object(), endpoint);
        if (answers) add_answer_headers(response.as_object());
    }
    errors.add_to(responses, endpoint);
    return operation;
}

bj::object take_operation(bj::object& operations, const ApiEndpoint& endpoint)
{
    const auto name = concat(endpoint.method, " ", path_template(endpoint.path));
    auto* found = operations.if_contains(name);
    if (!found) throw std::logic_error(concat("served, but not described: ", name));
    auto operation = std::move(found->as_object());
    operations.erase(name);
    return operation;
}

std::string lower(std::string_view method)
{
    std::string out(method);
    for (auto& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

}  // namespace

bj::object openapi_document(
    std::span<const ApiEndpoint> endpoints, std::span<const EmbeddedFile> files
)
{
    auto [described, operations] = read(files);
    bj::object responses;
    ErrorResponses errors(responses);
    bj::object paths;
    for (const auto& endpoint : endpoints)
        object_at(paths, path_template(endpoint.path))[lower(endpoint.method)] =
            operation_of(endpoint, take_operation(operations, endpoint), errors);
    if (!operations.empty())
        throw std::logic_error(concat("described, but not served: ", operations.begin()->key()));

    auto& components = described["components"].as_object();
    components["responses"] = std::move(responses);
    auto& info = described["info"].as_object();
    info["version"] = SLUICE_VERSION;
    return {
        {"openapi", "3.1.0"},
        {"info", std::move(info)},
        {"servers", described["servers"]},
        {"tags", described["tags"]},
        {"paths", std::move(paths)},
        {"components", std::move(components)},
    };
}

}  // namespace sluice
