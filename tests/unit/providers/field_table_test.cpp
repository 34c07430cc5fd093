#include "support/provider_cases.hpp"

#include <array>
#include <cstdlib>
#include <fstream>
#include <iterator>

/// What each provider does with each field of a chat request, found by asking its translator. The
/// table in docs/providers.md is this test's: SLUICE_WRITE_DOCS=1 writes it anew.
namespace sluice::test {
namespace {

struct Column {
    std::string_view provider;
    std::string_view model;
};
constexpr std::array columns{
    Column{"openai", "gpt-4.1-mini"},
    Column{"openai", "gpt-6-luna"},
    Column{"mistral", "mistral-small-latest"},
    Column{"anthropic", "claude-haiku-4-5"},
    Column{"anthropic", "claude-opus-5-5"},
    Column{"gemini", "gemini-3.5-flash"},
    Column{"azure_openai", "gpt-4.1-mini"},
    Column{"openai_compatible", "any-model"},
};

struct Row {
    std::string_view field;      ///< as the table names it; the first word is the request's
    std::string_view members;    ///< of the request, the field's among them
    std::string_view without{};  ///< the same without the field
};
constexpr std::string_view tool =
    R"("tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}])";
constexpr std::string_view tool_with_choice =
    R"("tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}],"tool_choice":"required")";
constexpr std::string_view tool_one_by_one =
    R"("tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{}}}}],"parallel_tool_calls":false)";
constexpr std::array rows{
    Row{"max_completion_tokens", R"("max_completion_tokens":2000)"},
    Row{"max_tokens", R"("max_tokens":2000)"},
    Row{"temperature", R"("temperature":0.5)"},
    Row{"top_p", R"("top_p":0.5)"},
    Row{"frequency_penalty", R"("frequency_penalty":0.5)"},
    Row{"presence_penalty", R"("presence_penalty":0.5)"},
    Row{"stop", R"("stop":["END"])"},
    Row{"seed", R"("seed":7)"},
    Row{"logit_bias", R"("logit_bias":{"1":5})"},
    Row{"n", R"("n":2)"},
    Row{"logprobs", R"("logprobs":true)"},
    Row{"top_logprobs", R"("logprobs":true,"top_logprobs":2)", R"("logprobs":true)"},
    Row{"response_format json_object", R"("response_format":{"type":"json_object"})"},
    Row{"response_format json_schema",
        R"("response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{"type":"object"}}})"
    },
    Row{"tools", tool},
    Row{"tools custom", R"("tools":[{"type":"custom","custom":{"name":"c"}}])"},
    Row{"tool_choice", tool_with_choice, tool},
    Row{"parallel_tool_calls", tool_one_by_one, tool},
    Row{"reasoning_effort", R"("reasoning_effort":"high")"},
    Row{"verbosity", R"("verbosity":"low")"},
    Row{"messages image_url",
        R"("messages":[{"role":"user","content":[{"type":"text","text":"Hi"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}])"
    },
    Row{"messages input_audio",
        R"("messages":[{"role":"user","content":[{"type":"text","text":"Hi"},{"type":"input_audio","input_audio":{"data":"AAAA","format":"wav"}}]}])"
    },
    Row{"messages file",
        R"("messages":[{"role":"user","content":[{"type":"text","text":"Hi"},{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,AAAA"}}]}])"
    },
    Row{"modalities", R"("modalities":["text","audio"],"audio":{"format":"wav","voice":"alloy"})"},
    Row{"prediction", R"("prediction":{"type":"content","content":"a"})"},
    Row{"user", R"("user":"u-1")"},
    Row{"safety_identifier", R"("safety_identifier":"u-1")"},
    Row{"metadata", R"("metadata":{"a":"b"})"},
    Row{"store", R"("store":true)"},
    Row{"service_tier", R"("service_tier":"flex")"},
    Row{"prompt_cache_key", R"("prompt_cache_key":"k")"},
    Row{"web_search_options", R"("web_search_options":{})"},
    Row{"moderation", R"("moderation":{"model":"omni-moderation-latest"})"},
    Row{"functions", R"("functions":[{"name":"f","parameters":{"type":"object"}}])"},
    Row{"function_call",
        R"("functions":[{"name":"f","parameters":{"type":"object"}}],"function_call":{"name":"f"})",
        R"("functions":[{"name":"f","parameters":{"type":"object"}}])"},
    Row{"top_k", R"("top_k":5)"},
};

std::string body_with(std::string_view model, std::string_view members)
{
    const bool has_messages = members.contains("\"messages\"");
    return concat(
        R"({"model":")",
        model,
        "\"",
        has_messages ? "" : R"(,"messages":[{"role":"user","content":"Hi"}])",
        members.empty() ? "" : ",",
        members,
        "}"
    );
}

std::string_view first_word(std::string_view field)
{
    return field.substr(0, field.find(' '));
}

/// sent, adapted (a warning says how), dropped (a warning says so), refused (the target is unfit);
/// "lost": it changes nothing and nobody is told.
std::string_view treatment(const Column& column, const Row& row)
{
    const Target target(column.provider, column.model, find_provider(column.provider)->dialect);
    const auto& translator = *find_provider(column.provider)->translator;
    const auto encode = [&](std::string_view members) {
        return translator.encode(chat_of(body_with(column.model, members)), target.deployment, {});
    };
    const auto call = encode(row.members);
    if (!call) return "refused";
    const auto word = first_word(row.field);
    for (const auto& warning : call->warnings)
        if (warning.starts_with(word)) return warning.contains("dropped") ? "dropped" : "adapted";
    const auto before = encode(row.without);
    const bool changes = !before || before->request.body != call->request.body ||
                         before->request.target != call->request.target;
    return changes ? "sent" : "lost";
}

std::string table()
{
    std::string out = "| field |";
    for (const auto& column : columns) out += concat(" ", column.provider, " ", column.model, " |");
    out += "\n|---|";
    for (std::size_t i = 0; i < columns.size(); ++i) out += "---|";
    for (const auto& row : rows) {
        out += concat(
            "\n| `",
            first_word(row.field),
            "`",
            row.field.substr(first_word(row.field).size()),
            " |"
        );
        for (const auto& column : columns) out += concat(" ", treatment(column, row), " |");
    }
    return out + "\n";
}

constexpr std::string_view begin_mark = "<!-- fields: written by field_table_test -->\n";
constexpr std::string_view end_mark = "<!-- end of fields -->";
const std::string page = SLUICE_SOURCE_DIR "/docs/providers.md";

std::string read_page()
{
    std::ifstream file(page);
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(ProviderFields, are_never_lost_without_a_word)
{
    for (const auto& column : columns)
        for (const auto& row : rows)
            EXPECT_NE(treatment(column, row), "lost")
                << column.provider << " " << column.model << ": " << row.field;
}

TEST(ProviderFields, are_treated_as_the_documentation_says)
{
    auto text = read_page();
    const auto begin = text.find(begin_mark);
    const auto end = text.find(end_mark);
    ASSERT_NE(begin, text.npos);
    ASSERT_NE(end, text.npos);
    const auto from = begin + begin_mark.size();
    const auto documented = text.substr(from, end - from);
    const auto actual = table();
    if (std::getenv("SLUICE_WRITE_DOCS")) {
        std::ofstream(page) << text.replace(from, end - from, actual);
        return;
    }
    EXPECT_EQ(documented, actual) << "SLUICE_WRITE_DOCS=1 writes it anew";
}

}  // namespace
}  // namespace sluice::test
