#include "dispatch/transcription.hpp"

#include "core/ids.hpp"
#include "core/multipart.hpp"

#include <algorithm>
#include <utility>

namespace sluice {

namespace {

Error unfit(const Deployment& deployment)
{
    return {
        .kind = ErrorKind::unfit,
        .message = concat(deployment.endpoint->provider, " does not turn speech into text"),
        .param = "model",
    };
}

bool is_event_stream(const FieldLines& headers)
{
    return find_header(headers, "content-type").starts_with("text/event-stream");
}

Error cut_short()
{
    return {
        .kind = ErrorKind::stream_interrupted,
        .message = "the provider's stream ended before the transcript was complete",
    };
}

}  // namespace

/// What follows the head of the file's part: the file, the fields that the caller sent behind it,
/// the end of the form.
class Transcribing::Content final : public BodySource {
public:
    Content(
        const Transcribing& job,
        const Transcriber& transcriber,
        const Deployment& deployment,
        LeftOut left_out,
        std::vector<FormField> sent
    )
        : job_(job),
          transcriber_(transcriber),
          deployment_(deployment),
          left_out_(left_out.begin(), left_out.end()),
          sent_(std::move(sent))
    {
    }

    Task<Result<std::string_view>> read() override
    {
        if (ended_) co_return std::string_view();
        auto piece = co_await job_.file_->read();
        if (!piece || !piece->empty()) co_return piece;
        ended_ = true;
        auto whole = transcriber_.encode(job_.request_, deployment_, left_out_);
        if (!whole) co_return std::unexpected(std::move(whole).error());
        MultipartWriter form(job_.boundary_);
        form.end_file(end_);
        for (const auto& field : whole->fields)
            if (!was_sent(field)) form.field(end_, field.name, field.value);
        form.end(end_);
        co_return end_;
    }
    void stop() override { job_.file_->stop(); }

private:
    const Transcribing& job_;
    const Transcriber& transcriber_;
    const Deployment deployment_;
    const std::vector<std::string> left_out_;
    std::vector<FormField> sent_;
    bool ended_ = false;
    std::string end_;

    bool was_sent(const FormField& field)
    {
        const auto found = std::ranges::find(sent_, field);
        if (found == sent_.end()) return false;
        sent_.erase(found);
        return true;
    }
};

Transcribing::Transcribing(const TranscriptionRequest& request, std::shared_ptr<UploadedFile> file)
    : request_(request), file_(std::move(file)), boundary_(new_object_id("sluice-"))
{
}

Result<Call> Transcribing::encode(
    const Translator& translator, const Deployment& deployment, LeftOut left_out
) const
{
    const auto* transcriber = translator.transcriber();
    if (!transcriber) return std::unexpected(unfit(deployment));
    auto encoded = transcriber->encode(request_, deployment, left_out);
    if (!encoded) return std::unexpected(std::move(encoded).error());

    Call call;
    call.request = std::move(encoded->request);
    call.warnings = std::move(encoded->warnings);
    MultipartWriter form(boundary_);
    call.request.headers.push_back({"content-type", form.content_type()});
    for (const auto& field : encoded->fields)
        form.field(call.request.body, field.name, field.value);
    const auto& file = request_.form;
    form.begin_file(call.request.body, "file", file.filename, file.content_type);
    call.request.rest = std::make_shared<Content>(
        *this, *transcriber, deployment, left_out, std::move(encoded->fields)
    );
    return call;
}

bool Transcribing::comes_in_pieces(const Exchange& exchange) const
{
    return is_event_stream(exchange.headers());
}

Result<void> Transcribing::
    take(std::string body, const Exchange& exchange, const Translator& translator, const Call&)
{
    HttpResponse response{
        .status = exchange.status(), .headers = exchange.headers().copied(), .body = std::move(body)
    };
    auto decoded = translator.transcriber()->decode(std::move(response), request_);
    if (!decoded) return std::unexpected(std::move(decoded).error());
    transcript = std::move(*decoded);
    return {};
}

Task<Result<void>> Transcribing::receive(
    Exchange exchange, const Translator& translator, const Call&, AnswerDeadlines deadlines
)
{
    stream.emplace(std::move(exchange), translator.transcriber()->decoder());
    while (opening.empty() && !stream->complete()) {
        auto read = co_await stream->next(opening, deadlines.whole);
        if (read) continue;
        auto error = std::move(read).error();
        stream.reset();
        opening.clear();
        if (error.kind == ErrorKind::idle_timeout) error.kind = ErrorKind::first_token_timeout;
        if (error.kind == ErrorKind::stream_interrupted) error.kind = ErrorKind::bad_response;
        co_return std::unexpected(std::move(error));
    }
    co_return Result<void>{};
}

TranscriptStream::TranscriptStream(Exchange exchange, std::unique_ptr<TranscriptDecoder> decoder)
    : exchange_(std::move(exchange)), decoder_(std::move(decoder))
{
}

Task<Result<void>> TranscriptStream::next(std::string& out, TimePoint deadline)
{
    auto piece = co_await exchange_.read(deadline);
    if (!piece) co_return std::unexpected(std::move(piece).error());
    if (piece->empty()) {
        if (auto last = parser_.finish())
            if (auto done = decoder_->on_event(*last, out); !done) co_return done;
        if (!complete()) co_return std::unexpected(cut_short());
        co_return Result<void>{};
    }
    parser_.feed(*piece);
    while (!complete()) {
        auto event = parser_.next();
        if (!event) co_return std::unexpected(std::move(event).error());
        if (!*event) break;
        if (auto done = decoder_->on_event(**event, out); !done) co_return done;
    }
    co_return Result<void>{};
}

}  // namespace sluice
