#include "server/openapi.hpp"

#include "api/error_body.hpp"
#include "server/openapi_errors.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

namespace sluice {
namespace {

namespace bj = boost::json;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const bj::object& document()
{
    static const auto made = openapi_document(endpoints(), openapi_files());
    return made;
}

std::string template_of(std::string_view path)
{
    std::string out(path);
    if (const auto rest = out.find("..."); rest != out.npos) out.erase(rest, 3);
    return out;
}

const bj::object& operation_of(const ApiEndpoint& endpoint)
{
    std::string method(endpoint.method);
    for (auto& c : method) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return document().at("paths").at(template_of(endpoint.path)).at(method).as_object();
}

std::string named(const ApiEndpoint& endpoint)
{
    return concat(endpoint.method, " ", endpoint.path);
}

/// Calls each(object) for every object within the value.
template <class Each>
void for_each_object(const bj::value& value, const Each& each)
{
    if (value.is_array())
        for (const auto& item : value.get_array()) for_each_object(item, each);
    if (!value.is_object()) return;
    each(value.get_object());
    for (const auto& [key, member] : value.get_object()) for_each_object(member, each);
}

const bj::value* target_of(std::string_view reference)
{
    boost::system::error_code error;
    static const bj::value whole = document();
    return whole.find_pointer(reference.substr(1), error);
}

std::vector<EmbeddedFile> files_with(std::string_view more)
{
    const auto files = openapi_files();
    std::vector<EmbeddedFile> all(files.begin(), files.end());
    all.push_back({"more.json", more});
    return all;
}

TEST(Openapi, has_every_endpoint_with_its_method_and_no_other)
{
    std::size_t operations = 0;
    for (const auto& [path, methods] : document().at("paths").as_object())
        operations += methods.as_object().size();
    EXPECT_EQ(operations, endpoints().size());
    for (const auto& endpoint : endpoints())
        EXPECT_NO_THROW(operation_of(endpoint)) << named(endpoint);
}

TEST(Openapi, every_reference_leads_somewhere)
{
    int references = 0;
    for_each_object(document(), [&](const bj::object& object) {
        const auto* reference = object.if_contains("$ref");
        if (!reference) return;
        ++references;
        EXPECT_TRUE(target_of(reference->as_string())) << *reference;
    });
    EXPECT_GT(references, 500);
}

TEST(Openapi, every_component_is_referred_to)
{
    std::set<std::string> used;
    for_each_object(document(), [&](const bj::object& object) {
        if (const auto* reference = object.if_contains("$ref"))
            used.emplace(reference->as_string());
    });
    for (const auto& [section, components] : document().at("components").as_object()) {
        if (section == "securitySchemes") continue;
        for (const auto& [name, component] : components.as_object())
            EXPECT_TRUE(used.contains(concat("#/components/", section, "/", name))) << name;
    }
}

TEST(Openapi, names_operations_once_and_puts_each_into_a_group)
{
    std::set<std::string> ids;
    const auto groups = bj::serialize(document().at("tags"));
    for (const auto& endpoint : endpoints()) {
        const auto& operation = operation_of(endpoint);
        EXPECT_TRUE(ids.emplace(operation.at("operationId").as_string()).second) << named(endpoint);
        EXPECT_FALSE(operation.at("summary").as_string().empty()) << named(endpoint);
        EXPECT_THAT(groups, HasSubstr(bj::serialize(operation.at("tags").at(0))));
    }
}

TEST(Openapi, describes_what_stands_in_the_path)
{
    for (const auto& endpoint : endpoints()) {
        std::set<std::string> described;
        for (const auto& parameter : operation_of(endpoint).at("parameters").as_array()) {
            const auto* reference = parameter.as_object().if_contains("$ref");
            const auto& one = reference ? *target_of(reference->as_string()) : parameter;
            if (one.at("in") == "path") described.emplace(one.at("name").as_string());
        }
        std::set<std::string> expected;
        const auto path = template_of(endpoint.path);
        if (const auto open = path.find('{'); open != path.npos)
            expected.insert(path.substr(open + 1, path.find('}') - open - 1));
        EXPECT_EQ(described, expected) << named(endpoint);
    }
}

TEST(Openapi, has_a_response_for_every_status_that_an_error_may_have)
{
    for (const auto& endpoint : endpoints()) {
        const auto& responses = operation_of(endpoint).at("responses").as_object();
        const auto codes = error_codes(endpoint);
        EXPECT_TRUE(codes.contains(500)) << named(endpoint);
        for (const auto& [status, words] : codes)
            EXPECT_TRUE(responses.contains(std::to_string(status))) << named(endpoint) << status;
        EXPECT_TRUE(responses.contains("default")) << named(endpoint);
    }
}

TEST(Openapi, words_errors_as_the_surface_does)
{
    const auto codes_at = [](std::string_view path, int status) {
        const auto all = endpoints();
        const auto found = std::ranges::find(all, path, &ApiEndpoint::path);
        const auto codes = error_codes(*found);
        const auto words = codes.find(status);
        return words == codes.end() ? std::string("none") : words->second;
    };
    EXPECT_EQ(codes_at("/v1/chat/completions", 401), "`invalid_api_key`");
    EXPECT_EQ(codes_at("/v1/messages", 401), "`authentication_error`");
    EXPECT_EQ(codes_at("/api/chat", 401), "`unauthorized`");
    EXPECT_EQ(
        codes_at("/api/v1/{provider}/chat", 422), "`invalid_request`, `unsupported_by_target`"
    );
    EXPECT_EQ(codes_at("/v1/chat/completions", 422), "none");
    EXPECT_EQ(codes_at("/livez", 401), "none");
}

TEST(Openapi, says_who_needs_a_key)
{
    const auto security_of = [](std::string_view path) {
        const auto all = endpoints();
        return bj::serialize(
            operation_of(*std::ranges::find(all, path, &ApiEndpoint::path)).at("security")
        );
    };
    EXPECT_EQ(
        security_of("/v1/chat/completions"), R"([{"bearer":[]},{"x-api-key":[]},{"api-key":[]}])"
    );
    EXPECT_EQ(security_of("/api/v1/{provider}/chat"), R"([{"bearer":[]}])");
    EXPECT_EQ(security_of("/livez"), "[]");
    EXPECT_THAT(security_of("/metrics"), HasSubstr("[{},"));
}

TEST(Openapi, refuses_an_endpoint_that_nobody_described)
{
    std::vector<ApiEndpoint> more(endpoints().begin(), endpoints().end());
    more.push_back({"PUT", "/nowhere", Surface::operations, Access::open, &live});
    EXPECT_THROW(openapi_document(more, openapi_files()), std::logic_error);
}

TEST(Openapi, refuses_a_description_of_what_is_not_served)
{
    const auto files = files_with(R"({"operations":{"GET /nowhere":{"responses":{}}}})");
    EXPECT_THROW(openapi_document(endpoints(), files), std::logic_error);
}

TEST(Openapi, refuses_two_descriptions_of_one_thing)
{
    EXPECT_THROW(
        openapi_document(endpoints(), files_with(R"({"operations":{"GET /livez":{}}})")),
        std::logic_error
    );
    EXPECT_THROW(
        openapi_document(endpoints(), files_with(R"({"components":{"schemas":{"Usage":{}}}})")),
        std::logic_error
    );
}

}  // namespace
}  // namespace sluice
