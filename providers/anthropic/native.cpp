#include "providers/anthropic/answer.hpp"
#include "providers/anthropic/call.hpp"
#include "providers/anthropic/models.hpp"
#include "providers/anthropic/request.hpp"
#include "providers/openai_dialect/editor.hpp"

#include <utility>

namespace sluice::anthropic {
namespace {

using openai_dialect::Editor;

bool has_format(const Editor& editor)
{
    const auto config =
        json::Document::parse(std::string(editor.value("output_config").value_or("{}")));
    return config && config->contains("format");
}

void edit_stream(Editor& editor, bool stream)
{
    const bool says_so = editor.value("stream").value_or("false") == "true";
    if (says_so != stream) editor.put("stream", stream ? "true" : "false");
}

/// True where fields of sampling stay in the body.
bool edit_sampling(Editor& editor, const ModelRules& rules)
{
    bool stays = false;
    for (const auto field : sampling_fields) {
        if (!rules.sampling || editor.refuses(field))
            editor.drop(field);
        else
            stays |= editor.value(field).has_value();
    }
    return stays;
}

}  // namespace

Result<Call> encode_native(const ChatRequest& chat, const Deployment& deployment, LeftOut left_out)
{
    Editor editor(chat.native, deployment.model, left_out, deployment.endpoint->dialect);
    auto fit = check_format(has_format(editor), "output_config", deployment.model, left_out);
    if (!fit) return std::unexpected(std::move(fit).error());

    editor.put("model", json::quoted(deployment.model));
    edit_stream(editor, chat.stream);
    if (!editor.value("max_tokens"))
        editor.put("max_tokens", std::to_string(default_max_tokens(deployment)));
    const bool sampling = edit_sampling(editor, rules_for(deployment.model));
    const bool takes_extra = deployment.endpoint->dialect.extra_fields;
    if (auto done = editor.drop_refused(sampling_fields, takes_extra); !done)
        return std::unexpected(std::move(done).error());
    editor.drop_nested();
    Call call{
        .request = post_messages(*deployment.endpoint, {}, chat.stream, sampling),
        .reader = &messages_reader(),
        .dialect = Dialect::messages,
    };
    editor.finish(call);
    return call;
}

}  // namespace sluice::anthropic
