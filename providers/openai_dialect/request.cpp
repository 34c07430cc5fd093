#include "providers/openai_dialect/request.hpp"

#include "providers/openai_dialect/answer.hpp"
#include "providers/openai_dialect/call.hpp"
#include "providers/openai_dialect/editor.hpp"
#include "providers/openai_dialect/fields.hpp"
#include "providers/openai_dialect/roles.hpp"

#include <array>
#include <utility>

namespace sluice::openai_dialect {
namespace {

/// Parts of a request that only its Needs tell of.
Result<void> check_needs(const Needs& needs, const DialectOptions& dialect, std::string_view target)
{
    if (needs.json_schema && !dialect.json_schema)
        return unfit("response_format", "response_format with a schema", target);
    if (needs.images && !dialect.images)
        return unfit("messages", "image parts in messages", target);
    if (needs.audio && !dialect.audio) return unfit("messages", "audio parts in messages", target);
    if (needs.files && !dialect.files) return unfit("messages", "file parts in messages", target);
    return {};
}

/// The limit on tokens under the one name that the target takes. A refusal of that name means the
/// other; the newer name counts where the caller sent both.
void edit_max_tokens(Editor& editor, bool newer, std::string_view default_value)
{
    constexpr std::array<json::Key, 2> names{"max_tokens", "max_completion_tokens"};
    bool refused = editor.refuses(names[newer]);
    if (refused) {
        newer = !newer;
        refused = editor.refuses(names[newer]);
    }
    const auto wanted = names[newer], other = names[!newer];
    const bool newer_given = editor.value(names[1]).has_value();
    const auto given = names[newer_given];
    if (!newer_given && !editor.value(given)) {
        editor.remove(names[0]);
        editor.remove(names[1]);
        if (!refused && !default_value.empty()) editor.put(wanted, std::string(default_value));
    } else if (refused) {
        editor.drop(given);
        editor.remove(given == wanted ? other : wanted);
    } else if (given == wanted) {
        editor.remove(other);
    } else {
        editor.remove(wanted);
        editor.rename(other, wanted);
    }
}

void edit_temperature(Editor& editor, std::string_view default_value)
{
    if (default_value.empty() || editor.value("temperature") || editor.refuses("temperature"))
        return;
    editor.put("temperature", std::string(default_value));
}

void edit_stream(Editor& editor, bool stream, bool takes_usage)
{
    if (stream)
        editor.put("stream", "true");
    else
        editor.remove("stream");
    if (!stream || !takes_usage || editor.refuses("stream_options") ||
        editor.is_left_out("stream_options.include_usage"))
        return editor.remove("stream_options");
    const auto given = editor.value("stream_options").value_or("{}");
    const auto options = json::Document::parse(std::string(given)).value_or(json::Document());
    json::Edits usage;
    usage.put("include_usage", "true");
    editor.put(
        "stream_options",
        options.text().empty() ? R"({"include_usage":true})" : options.spliced(usage)
    );
}

void edit_roles(Editor& editor)
{
    const auto messages = editor.value("messages");
    if (!messages) return;
    if (auto edited = with_system_role(*messages); edited != *messages)
        editor.put("messages", std::move(edited));
}

Result<void> edit_chat(
    Editor& editor,
    const ChatRequest& chat,
    const Deployment& deployment,
    const DialectOptions& dialect,
    const ModelLimits& limits
)
{
    if (auto fit = check_needs(chat.needs, dialect, deployment.model); !fit) return fit;
    editor.put("model", json::quoted(deployment.model));
    edit_stream(editor, chat.stream, dialect.stream_usage);
    const bool newer = dialect.max_completion_tokens || limits.max_completion_tokens;
    edit_max_tokens(editor, newer, deployment.default_max_tokens);
    edit_temperature(editor, deployment.default_temperature);
    if (const auto& replacement = limits.replacement;
        replacement && !editor.refuses(replacement->field)) {
        editor.put(replacement->field, replacement->value);
        editor.warn(replacement->warning);
    }
    if (!dialect.developer_role) edit_roles(editor);
    constexpr json::KeySet handled{"max_tokens", "max_completion_tokens", "stream_options"};
    const bool takes_extra = dialect.extra_fields && !limits.known_fields_only;
    if (auto fit = editor.drop_refused(handled, takes_extra); !fit) return fit;
    editor.drop_nested();
    return {};
}

}  // namespace

Result<Call> encode_chat(
    const ChatRequest& chat,
    const Deployment& deployment,
    LeftOut left_out,
    const DialectOptions& dialect,
    const ModelLimits& limits
)
{
    Editor editor(chat.document, deployment.model, left_out, dialect, limits.refused);
    auto edited = edit_chat(editor, chat, deployment, dialect, limits);
    Result<Call> call;  // made where the caller has it
    if (!edited) {
        call = std::unexpected(std::move(edited).error());
        return call;
    }
    begin_post(call->request, *deployment.endpoint, "/chat/completions", chat.stream);
    call->reader = &chat_reader();
    call->dialect = Dialect::chat_completions;
    editor.finish(*call);
    return call;
}

Result<Call> encode_embeddings(
    const EmbeddingsRequest& request,
    const Deployment& deployment,
    LeftOut left_out,
    const DialectOptions& dialect
)
{
    constexpr json::KeySet known{"input", "model", "user"};
    Editor editor(request.document, deployment.model, left_out, dialect);
    editor.put("model", json::quoted(deployment.model));
    if (editor.refuses("encoding_format"))
        editor.remove("encoding_format");
    else if (!editor.value("encoding_format"))
        editor.put("encoding_format", R"("float")");
    if (editor.value("dimensions") && editor.refuses("dimensions"))
        return unfit("dimensions", deployment.model);
    for (const auto& member : request.document.members()) {
        const auto key = request.document.numbered_key(member);
        if (key == "encoding_format" || key == "dimensions") continue;
        if (editor.refuses(key) || (!known.contains(key) && !dialect.extra_fields))
            editor.drop(key);
    }
    Call call{.request = post_json(*deployment.endpoint, "/embeddings", {})};
    editor.finish(call);
    return call;
}

}  // namespace sluice::openai_dialect
