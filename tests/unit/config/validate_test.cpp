#include "unit/config/loading.hpp"

#include <gmock/gmock.h>

namespace sluice {
namespace {

using test::errors;
using test::load;
using test::sources;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string digest(64, 'a');

TEST(Listen, beyond_loopback_needs_keys_or_a_plain_word)
{
    EXPECT_THAT(
        errors("server:\n  listen: [\"127.0.0.1:1\", \"0.0.0.0:8006\"]"),
        ElementsAre(AllOf(
            HasSubstr("sluice.yaml:2:27: server.listen[1]: 0.0.0.0:8006"),
            HasSubstr("auth.keys"),
            HasSubstr("server.allow_insecure_listen: true")
        ))
    );
    EXPECT_THAT(
        errors("server: {listen: [\"0.0.0.0:8006\"], allow_insecure_listen: true}"), IsEmpty()
    );
    EXPECT_THAT(
        errors(
            "server: {listen: [\"0.0.0.0:8006\"]}\nauth: {keys: [{name: a, sha256: " + digest +
            "}]}"
        ),
        IsEmpty()
    );
}

TEST(Listen, addresses_are_checked)
{
    EXPECT_THAT(errors("server: {listen: [nonsense]}"), ElementsAre(HasSubstr("is no host:port")));
    EXPECT_THAT(errors("server: {listen: []}"), ElementsAre(HasSubstr("at least one address")));
    EXPECT_THAT(
        errors("server: {listen: [\"localhost:1\", \"localhost:1\"]}"),
        ElementsAre(HasSubstr("stands here twice"))
    );
    EXPECT_THAT(errors("server: {listen: [\"localhost:0\", \"localhost:0\"]}"), IsEmpty());
}

TEST(Listen, of_the_environment_is_blamed_on_the_variable)
{
    EXPECT_THAT(
        errors("server: {listen: [\"127.0.0.1:1\"]}", sources({{"SLUICE_LISTEN", "0.0.0.0:8006"}})),
        ElementsAre(HasSubstr("environment SLUICE_LISTEN: 0.0.0.0:8006"))
    );
}

TEST(Keys, are_named_once_and_hold_a_digest)
{
    EXPECT_THAT(
        errors(
            "auth:\n  keys:\n    - {name: a, sha256: " + digest +
            "}\n    - {name: a, sha256: " + digest + "}\n    - {sha256: ABC, tenant: \"\"}\n"
        ),
        ElementsAre(
            HasSubstr(":4:14: auth.keys[1].name: \"a\" is the name of auth.keys[0] already"),
            HasSubstr("auth.keys[1].sha256: is the same key as auth.keys[0]"),
            HasSubstr("auth.keys[2].name: is missing"),
            HasSubstr("auth.keys[2].sha256: must be 64 lower-case hex digits"),
            HasSubstr("auth.keys[2].tenant: must not be empty")
        )
    );
}

TEST(CorsOrigins, are_checked)
{
    EXPECT_THAT(
        errors("cors: {origins: [\"https://ok.example\", \"https://bad.example/\"]}"),
        ElementsAre(HasSubstr("cors.origins[1]: must be an origin"))
    );
}

TEST(ProviderType, is_one_there_is)
{
    EXPECT_THAT(
        errors("providers:\n  groq: {type: openai_compat}\n"),
        ElementsAre("sluice.yaml:2:16: providers.groq.type: there is no type \"openai_compat\" "
                    "(did you mean "
                    "\"openai_compatible\"?); types are openai, mistral, "
                    "anthropic, gemini, azure_openai, openai_compatible, mock")
    );
    EXPECT_THAT(
        errors("providers: {groq: {}}"),
        ElementsAre(HasSubstr("providers.groq: has no type; it must be one of openai, mistral"))
    );
    EXPECT_THAT(errors("providers: {openai: {}, second: {type: openai}}"), IsEmpty());
}

TEST(ProviderType, are_those_the_registry_has)
{
    auto from = sources();
    from.provider_types = {"claude"};
    EXPECT_THAT(errors("providers: {claude: {}}", from), IsEmpty());
    EXPECT_THAT(
        errors("providers: {openai: {}}", from), ElementsAre(HasSubstr("must be one of claude"))
    );
}

TEST(ProviderName, is_plain_unique_and_not_auto)
{
    EXPECT_THAT(
        errors("providers: {My.LLM: {type: openai}}"),
        ElementsAre(HasSubstr("must be 1 to 64 of a-z"))
    );
    EXPECT_THAT(
        errors("providers: {auto: {type: openai}}"),
        ElementsAre(HasSubstr("auto is the name of the default route"))
    );
    EXPECT_THAT(
        errors("providers: {my-llm: {type: openai}, my_llm: {type: openai}}"),
        ElementsAre(HasSubstr("same environment variables as providers.my-llm"))
    );
    EXPECT_THAT(
        errors("routes: {Best: {targets: [openai]}}"),
        ElementsAre(HasSubstr("must be 1 to 64 of a-z"))
    );
    EXPECT_THAT(errors("routes: {gpt-4.1: {targets: [openai]}}"), IsEmpty());
    EXPECT_THAT(
        errors("routes: {openai: {targets: [openai]}}"),
        ElementsAre(HasSubstr("a provider has this name already"))
    );
}

TEST(BaseUrl, is_checked_and_needed_where_the_type_has_none)
{
    EXPECT_THAT(
        errors("providers: {x: {type: openai_compatible}}"),
        ElementsAre(HasSubstr("providers.x: type openai_compatible needs a base_url"))
    );
    EXPECT_THAT(
        errors("providers: {mock: {}}"), ElementsAre(HasSubstr("type mock needs a base_url"))
    );
    EXPECT_THAT(
        errors("providers: {openai: {base_url: api.openai.com}}"),
        ElementsAre(HasSubstr(":1:32: providers.openai.base_url: must be a URL"))
    );
}

TEST(BaseUrl, with_http_to_another_machine_is_only_a_warning)
{
    const auto loaded =
        load("providers: {x: {type: openai_compatible, base_url: \"http://10.0.0.7/v1\"}}");
    EXPECT_THAT(
        loaded.warnings, ElementsAre(HasSubstr("providers.x.base_url: http to another machine"))
    );
    EXPECT_THAT(
        load("providers: {x: {type: openai_compatible, base_url: \"http://127.0.0.1/v1\"}}")
            .warnings,
        IsEmpty()
    );
}

TEST(ApiKey, that_would_break_a_header_is_refused_without_being_shown)
{
    const auto found = errors(
        "providers: {openai: {api_key: \"sk-se\\ncret\"}, mistral: {api_key: \" sk-secret\"}}"
    );
    ASSERT_EQ(found.size(), 2u);
    for (const auto& line : found) {
        EXPECT_THAT(line, HasSubstr("api_key: must not hold line breaks"));
        EXPECT_THAT(line, testing::Not(HasSubstr("cret")));
    }
}

TEST(ProviderHeaders, are_checked)
{
    EXPECT_THAT(
        errors("providers:\n  openai:\n    headers:\n      x team: a\n      HOST: b\n      x-b: "
               "\"c\\r\\nd: e\"\n"),
        ElementsAre(
            HasSubstr("providers.openai.headers.x team: is no name of a header"),
            HasSubstr("providers.openai.headers.HOST: the gateway sets this header itself"),
            HasSubstr("providers.openai.headers.x-b: must not hold line breaks")
        )
    );
}

TEST(Dialect, is_of_openai_compatible_providers_alone)
{
    EXPECT_THAT(
        errors("providers: {openai: {dialect: {tools: false}}}"),
        ElementsAre(HasSubstr("only a provider of type openai_compatible"))
    );
}

TEST(Bounds, hold_across_settings)
{
    EXPECT_THAT(
        errors("providers:\n  openai:\n    retry: {base_delay: 10s}\n    breaker: {open_time: 5m}\n"
        ),
        ElementsAre(
            "sluice.yaml:3:25: providers.openai.retry.base_delay: 10s is more than retry.max_delay "
            "(8s)",
            "sluice.yaml:4:26: providers.openai.breaker.open_time: 5m is more than "
            "breaker.max_open_time (2m)"
        )
    );
}

TEST(CaFile, must_be_readable)
{
    EXPECT_THAT(
        errors("providers: {openai: {ca_file: /no/such.pem}}"),
        ElementsAre(HasSubstr("providers.openai.ca_file: /no/such.pem cannot be read"))
    );
}

TEST(Models, have_an_id_each_once)
{
    EXPECT_THAT(
        errors("providers: {openai: {models: [{id: a}, {id: a}, {max_output: 5}]}}"),
        ElementsAre(
            HasSubstr("providers.openai.models[1].id: \"a\" is the id of "
                      "providers.openai.models[0] already"),
            HasSubstr("providers.openai.models[2].id: is missing")
        )
    );
}

TEST(Targets, name_providers_there_are_each_target_once)
{
    EXPECT_THAT(
        errors(
            "routes:\n  r:\n    targets: [opnai/m, openai/m, openai/m, {model: m}]\n  empty: {}\n"
        ),
        ElementsAre(
            "sluice.yaml:3:15: routes.r.targets[0].provider: there is no provider \"opnai\" (did "
            "you mean \"openai\"?)",
            "sluice.yaml:3:34: routes.r.targets[2]: is the same target as routes.r.targets[1]",
            "sluice.yaml:3:44: routes.r.targets[3].provider: is missing",
            "sluice.yaml:4:3: routes.empty: needs at least one target"
        )
    );
}

}  // namespace
}  // namespace sluice
