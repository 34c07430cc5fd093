#include "api/responses_native.hpp"

#include "api/json_look.hpp"
#include "core/sse.hpp"

namespace sluice {

void NativeResponseEvents::append(std::string& out, const NativeEvent& event)
{
    const auto data = object_of(event.data);
    auto type = text_at(data, "type");
    if (type.empty()) type = event.type;
    if (data.members().empty()) return;  // [DONE] of a server that sends one
    if (type == "keepalive") return;     // in no specification; the gateway has its own
    if (has(data, "response")) response_ = object_.adopted(*data.find("response"));
    NativeEvent named{.type = type, .data = event.data};
    if (type == "response.completed" || type == "response.incomplete")
        end_ = std::move(named);
    else
        pass_on(out, named);
}

void NativeResponseEvents::pass_on(std::string& out, const NativeEvent& event)
{
    const auto data = object_of(event.data);
    const auto number = std::to_string(events_.take());
    json::Edits edits;
    if (data.find("sequence_number") != number) edits.put("sequence_number", number);
    if (has(data, "response")) edits.put("response", response_);
    append_event(out, event.type, edits.empty() ? event.data : data.spliced(edits));
}

std::string NativeResponseEvents::finish(std::string& out)
{
    end_number_ = events_.next();
    if (end_) pass_on(out, *end_);
    return response_;
}

void NativeResponseEvents::fail(std::string& out, const Error& error)
{
    if (end_number_) events_.go_back_to(*end_number_);
    const auto begun = response_.empty() ? object_.text({}) : response_;
    json::Edits edits;
    edits.put("status", R"("failed")");
    edits.put("error", response_error_json(error));
    events_.append_failure(out, error, object_of(begun).spliced(edits));
}

}  // namespace sluice
