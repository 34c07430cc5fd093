#include "providers/openai/responses.hpp"
#include "providers/openai/responses_limits.hpp"
#include "providers/openai_dialect/call.hpp"
#include "providers/openai_dialect/editor.hpp"
#include "providers/openai_dialect/fields.hpp"

#include <array>
#include <utility>

namespace sluice::openai {
namespace {

using openai_dialect::clamped;
using openai_dialect::dropped;
using openai_dialect::Editor;
using openai_dialect::unfit;

constexpr std::string_view encrypted_reasoning = "reasoning.encrypted_content";

/// What a request cannot do without, beside what chat has too.
constexpr std::array<json::Key, 4> meaning{"input", "instructions", "text", "text.format"};

/// Fields that are dealt with by the model's rules.
constexpr json::KeySet handled{
    "stream",
    "store",
    "include",
    "reasoning",
    "text",
    "temperature",
    "top_p",
    "top_logprobs",
    "parallel_tool_calls"
};

/// A caller's own body for one model: what it does not take is edited out of it.
class NativeBody {
public:
    NativeBody(
        const ChatRequest& chat,
        const Deployment& deployment,
        LeftOut left_out,
        const ModelRules& rules
    )
        : chat_(chat),
          deployment_(deployment),
          model_(deployment.model),
          editor_(chat.native, deployment.model, left_out, deployment.endpoint->dialect),
          limits_(rules, editor_.refuses("reasoning") ? "" : part("reasoning", "effort"))
    {
    }

    Result<Call> encode();

private:
    const ChatRequest& chat_;
    const Deployment& deployment_;
    std::string_view model_;
    Editor editor_;
    ResponsesLimits limits_;

    std::string part(json::Key field, json::Key member) const;
    void edit_part(json::Key field, const json::Edits& edits);
    void edit_state();
    void edit_effort();
    void edit_verbosity();
    void edit_sampling();
    void edit_defaults();
    void drop_or_keep(json::Key field, bool taken);
};

/// The string that a member of an object in the body is; empty: none.
std::string NativeBody::part(json::Key field, json::Key member) const
{
    const auto object = json::Document::parse(std::string(editor_.value(field).value_or("{}")));
    return object ? object->find(member).and_then(json::as_string).value_or("") : "";
}

void NativeBody::edit_part(json::Key field, const json::Edits& edits)
{
    const auto object = json::Document::parse(std::string(editor_.value(field).value_or("{}")));
    if (object) editor_.put(field, object->spliced(edits));
}

Result<Call> NativeBody::encode()
{
    for (const auto field : meaning)
        if (editor_.is_left_out(field)) return unfit(field, model_);
    if (chat_.needs.logprobs && (!limits_.takes_sampling({}) || editor_.refuses("top_logprobs")))
        return unfit("top_logprobs", model_);
    editor_.put("model", json::quoted(model_));
    const bool says_so = editor_.value("stream").value_or("false") == "true";
    if (says_so != chat_.stream) editor_.put("stream", chat_.stream ? "true" : "false");
    edit_effort();
    edit_verbosity();
    edit_sampling();
    drop_or_keep("parallel_tool_calls", limits_.takes_parallel_tool_calls());
    edit_state();
    edit_defaults();
    // Which fields this API has is the provider's to say: chat's names are no measure.
    if (auto done = editor_.drop_refused(handled, true); !done)
        return std::unexpected(std::move(done).error());
    editor_.drop_nested();
    Call call{
        .request = openai_dialect::post_json(*deployment_.endpoint, "/responses", {}, chat_.stream),
        .reader = &responses_reader(),
        .dialect = Dialect::responses,
    };
    editor_.finish(call);
    return call;
}

/// The conversation is kept here and not there. For that the thoughts have to come along, in the
/// form that the provider takes back.
void NativeBody::edit_state()
{
    const bool kept = editor_.value("store").value_or("true") == "true";
    if (kept) editor_.put("store", "false");
    if (editor_.refuses("include")) return editor_.drop("include");
    if (!kept || !limits_.reasons()) return;
    const std::string included(editor_.value("include").value_or("[]"));
    if (included.contains(encrypted_reasoning)) return;
    const auto list = included.substr(0, included.rfind(']'));
    const bool empty = list.find('"') == list.npos;
    editor_.put("include", concat(list, empty ? "" : ",", json::quoted(encrypted_reasoning), "]"));
}

void NativeBody::edit_effort()
{
    if (editor_.refuses("reasoning")) return editor_.drop("reasoning");
    const auto asked = part("reasoning", "effort");
    if (asked.empty() || asked == limits_.effort()) return;
    json::Edits edits;
    if (limits_.effort().empty()) {
        edits.remove("effort");
        editor_.warn(dropped("reasoning.effort", model_));
    } else {
        edits.put("effort", json::quoted(limits_.effort()));
        editor_.warn(clamped("reasoning.effort", asked, model_, limits_.effort()));
    }
    edit_part("reasoning", edits);
}

void NativeBody::edit_verbosity()
{
    const auto asked = part("text", "verbosity");
    if (asked.empty() || limits_.takes_verbosity(asked)) return;
    json::Edits edits;
    edits.remove("verbosity");
    editor_.warn(dropped("text.verbosity", model_));
    edit_part("text", edits);
}

void NativeBody::edit_sampling()
{
    for (const json::Key field : std::to_array<json::Key>({"temperature", "top_p"})) {
        const auto value = editor_.value(field);
        if (value) drop_or_keep(field, limits_.takes_sampling(json::as_number(*value)));
    }
    if (!chat_.needs.logprobs) drop_or_keep("top_logprobs", limits_.takes_sampling({}));
}

void NativeBody::drop_or_keep(json::Key field, bool taken)
{
    if (chat_.native.contains(field) && (!taken || editor_.refuses(field))) editor_.drop(field);
}

/// What the configuration says where the caller says nothing.
void NativeBody::edit_defaults()
{
    const auto& [endpoint, model, max_tokens, temperature] = deployment_;
    if (!max_tokens.empty() && !editor_.value("max_output_tokens") &&
        !editor_.refuses("max_output_tokens"))
        editor_.put("max_output_tokens", std::string(max_tokens));
    const bool takes = !temperature.empty() && limits_.takes_sampling(json::as_number(temperature));
    if (takes && !editor_.value("temperature") && !editor_.refuses("temperature"))
        editor_.put("temperature", std::string(temperature));
}

}  // namespace

Result<Call> encode_native_responses(
    const ChatRequest& chat, const Deployment& deployment, LeftOut left_out, const ModelRules& rules
)
{
    return NativeBody(chat, deployment, left_out, rules).encode();
}

}  // namespace sluice::openai
