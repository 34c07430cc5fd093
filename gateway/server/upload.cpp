#include "server/upload.hpp"

#include <algorithm>
#include <utility>

namespace sluice {
namespace {

constexpr std::size_t max_field = 64 * 1024;
constexpr std::size_t max_fields = 1024 * 1024;  // all together

}  // namespace

Upload::Upload(BodySource& caller, Background& background, Executor executor)
    : caller_(caller), spool_(background, executor)
{
}

Task<Result<void>> Upload::open(
    std::string_view content_type,
    std::span<const std::string_view> file_names,
    std::string_view needed
)
{
    const auto boundary = multipart_boundary(content_type);
    if (!boundary)
        co_return fail(ErrorKind::malformed, "the body must be a form of type multipart/form-data");
    parser_.emplace(*boundary);
    file_names_ = file_names;
    if (auto read = co_await read_fields(); !read) co_return read;
    if (!in_file_ || !form_.find(needed).empty()) co_return Result<void>{};
    co_return co_await spool_file();
}

/// The next step of the parser that is one, fed as need be.
Task<Result<Upload::Step>> Upload::next()
{
    while (true) {
        auto step = parser_->next();
        if (!step || *step != Step::need_more) co_return step;
        auto piece = co_await caller_.read();
        if (!piece) co_return std::unexpected(std::move(piece).error());
        if (piece->empty())
            co_return fail(ErrorKind::malformed, "the form ends before its last boundary");
        parser_->feed(*piece);
    }
}

/// Up to the file's content, or the end of the form.
Task<Result<void>> Upload::read_fields()
{
    while (!in_file_ && !ended_) {
        auto step = co_await next();
        if (!step) co_return std::unexpected(std::move(step).error());
        Result<void> taken;
        if (*step == Step::part) taken = begin_part();
        if (*step == Step::data) taken = take_field(parser_->data());
        if (!taken) co_return taken;
        ended_ = *step == Step::end;
    }
    if (!ended_) co_return Result<void>{};
    // What stands behind the form means nothing, but the caller wants to be rid of it.
    while (true) {
        auto rest = co_await caller_.read();
        if (!rest) co_return std::unexpected(std::move(rest).error());
        if (rest->empty()) co_return Result<void>{};
    }
}

Result<void> Upload::begin_part()
{
    const auto name = parser_->name();
    const bool holds_file = std::ranges::find(file_names_, name) != file_names_.end();
    if (parser_->filename() && holds_file) {
        if (has_file_) return fail_at(std::string(name), "only one file can be sent");
        has_file_ = in_file_ = true;
        const auto& filename = *parser_->filename();
        form_.filename = filename.empty() ? "file" : filename;
        form_.content_type = parser_->content_type();
        return {};
    }
    form_.fields.push_back({std::string(name), {}});
    return take_field({});
}

Result<void> Upload::take_field(std::string_view bytes)
{
    auto& field = form_.fields.back();
    field.value += bytes;
    constexpr std::size_t overhead = 64;
    held_ += bytes.empty() ? field.name.size() + overhead : bytes.size();
    if (field.value.size() <= max_field && held_ <= max_fields) return {};
    return fail(
        ErrorKind::payload_too_large, concat("the fields of the form are too large: ", field.name)
    );
}

Task<Result<void>> Upload::spool_file()
{
    while (true) {
        auto piece = co_await read_live();
        if (!piece) co_return std::unexpected(std::move(piece).error());
        if (piece->empty()) break;
        if (auto kept = co_await spool_.append(*piece); !kept) co_return kept;
    }
    spooled_ = true;
    co_return Result<void>{};
}

Task<Result<std::string_view>> Upload::read()
{
    if (spooled_) co_return co_await spool_.read();
    given_ = true;
    co_return co_await read_live();
}

/// The file's content as it comes, then the fields behind it.
Task<Result<std::string_view>> Upload::read_live()
{
    if (!in_file_) co_return std::string_view();
    auto step = co_await next();
    if (!step) co_return std::unexpected(std::move(step).error());
    if (*step == Step::data) co_return parser_->data();
    in_file_ = false;
    if (auto read = co_await read_fields(); !read)
        co_return std::unexpected(std::move(read).error());
    co_return std::string_view();
}

bool Upload::rewind()
{
    if (spooled_) spool_.rewind();
    return spooled_ || !given_;
}

}  // namespace sluice
