#include "config/load.hpp"
#include "providers/registry.hpp"
#include "support/chat_calls.hpp"
#include "support/fake_upstream.hpp"

#include <gmock/gmock.h>

#include <fstream>
#include <iterator>

/// The configurations that docs/providers.md gives for servers that speak OpenAI's dialect.
namespace sluice::test {
namespace {

/// The YAML blocks of the page.
std::vector<std::string> documented_configurations()
{
    std::ifstream file(SLUICE_SOURCE_DIR "/docs/providers.md");
    const std::string page(std::istreambuf_iterator<char>(file), {});
    std::vector<std::string> found;
    constexpr std::string_view open = "```yaml\n";
    for (auto at = page.find(open); at != page.npos; at = page.find(open, at)) {
        at += open.size();
        const auto end = page.find("```", at);
        found.push_back(page.substr(at, end - at));
    }
    return found;
}

Config loaded(const std::string& yaml)
{
    ConfigSources sources;
    sources.env_file.clear();
    for (const auto* name : {"GROQ", "DEEPSEEK", "OPENROUTER", "XAI", "TOGETHER", "AZURE_OPENAI"})
        sources.environment[std::string(name) + "_API_KEY"] = "sk-documented";
    sources.provider_types.clear();
    for (const auto& entry : providers()) sources.provider_types.emplace_back(entry.type);
    auto result = load_config_text(yaml, "providers.md", sources);
    EXPECT_TRUE(result) << yaml << (result ? "" : result.error().front());
    return result ? std::move(result->config) : Config{};
}

/// The documented provider, at the fake's address.
Config pointed_at(const FakeUpstream& fake, const Config& documented)
{
    auto config = test_config({});
    config.providers = {documented.providers.at(0)};
    config.providers[0].base_url = fake.url();
    config.routes.clear();
    return config;
}

TEST(CompatibleServers, are_documented_one_and_all)
{
    std::vector<std::string> names;
    for (const auto& yaml : documented_configurations()) {
        const auto config = loaded(yaml);
        ASSERT_EQ(config.providers.size(), 1u) << yaml;
        names.push_back(config.providers[0].name);
    }
    EXPECT_THAT(
        names,
        testing::IsSupersetOf(
            {"groq", "deepseek", "openrouter", "xai", "together", "vllm", "ollama"}
        )
    );
}

TEST(CompatibleServers, are_never_sent_what_they_reject)
{
    for (const auto& yaml : documented_configurations()) {
        const auto documented = loaded(yaml);
        const auto& provider = documented.providers.at(0);
        if (provider.type != "openai_compatible") continue;
        FakeUpstream fake(chat_answer("yes"));
        TestGateway gateway(pointed_at(fake, documented));
        const auto answer = post(
            gateway.port(),
            "/v1/chat/completions",
            concat(
                R"({"model":")",
                provider.name,
                "/",
                provider.default_model,
                R"(","messages":[{"role":"developer","content":"Be brief."},{"role":"user","content":"Hi"}],)",
                R"("temperature":0.5,"seed":1,"store":true,"metadata":{"a":"b"},"logit_bias":{"1":1},)",
                R"("verbosity":"low","user":"u","prediction":{"type":"content","content":"a"},"parallel_tool_calls":true})"
            )
        );
        ASSERT_EQ(answer.status, 200) << provider.name << answer.body;
        const auto sent = fake.body(0);
        EXPECT_EQ(at(sent, "/model"), '"' + provider.default_model + '"');
        EXPECT_EQ(at(sent, "/temperature"), "5E-1");
        for (const auto& field : provider.dialect.unsupported) {
            EXPECT_EQ(at(sent, "/" + field), "(none)") << provider.name;
        }
        EXPECT_EQ(
            at(sent, "/messages/0/role"),
            provider.dialect.developer_role ? R"("developer")" : R"("system")"
        );
        const auto warnings = std::string(answer.header("x-sluice-warnings"));
        EXPECT_EQ(warnings.contains("store"), at(sent, "/store") == "(none)") << provider.name;
    }
}

TEST(CompatibleServers, without_pictures_or_schemas_are_not_sent_any)
{
    for (const auto& yaml : documented_configurations()) {
        const auto documented = loaded(yaml);
        const auto& provider = documented.providers.at(0);
        if (provider.type != "openai_compatible" || provider.dialect.images) continue;
        FakeUpstream fake(chat_answer("yes"));
        TestGateway gateway(pointed_at(fake, documented));
        const auto answer = post(
            gateway.port(),
            "/v1/chat/completions",
            R"({"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]}],"model":")" +
                provider.name + "/" + provider.default_model + "\"}"
        );
        EXPECT_EQ(answer.status, 400) << provider.name;
        EXPECT_EQ(at(answer.body, "/error/code"), R"("unsupported_by_target")");
        EXPECT_EQ(fake.requests(), 0);
    }
}

}  // namespace
}  // namespace sluice::test
