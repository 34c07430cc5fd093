#pragma once

#include "core/form.hpp"
#include "core/multipart.hpp"
#include "dispatch/transcription.hpp"
#include "server/background.hpp"
#include "server/spool.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice {

/// A form with one file on its way from the caller: its fields are held, bounded; the file is
/// passed on as it comes.
///
/// Which provider gets the file depends on fields that may stand behind it (openai's node client
/// sends the file first). Where such a field has not come by then, the file waits in a spool; such
/// a form can be sent several times, and the others once.
class Upload final : public UploadedFile {
public:
    Upload(BodySource& caller, Background& background, Executor executor);

    /// Reads up to the file's content; or to the end of the form where the field `needed` has not
    /// come before. file_names: of the fields that may hold the file. ErrorKind::malformed: no
    /// such form.
    Task<Result<void>> open(
        std::string_view content_type,
        std::span<const std::string_view> file_names,
        std::string_view needed
    );
    bool has_file() const { return has_file_; }
    /// Whole once the file has been read.
    const Form& form() const { return form_; }

    Task<Result<std::string_view>> read() override;
    void stop() override { caller_.stop(); }
    bool rewind() override;

private:
    using Step = MultipartParser::Step;

    Task<Result<Step>> next();
    Task<Result<void>> read_fields();
    Task<Result<std::string_view>> read_live();
    Task<Result<void>> spool_file();
    Result<void> begin_part();
    Result<void> take_field(std::string_view bytes);

    BodySource& caller_;
    std::optional<MultipartParser> parser_;
    std::span<const std::string_view> file_names_;
    Form form_;
    std::size_t held_ = 0;  // bytes of fields
    bool has_file_ = false;
    bool in_file_ = false;  // its content comes next
    bool ended_ = false;    // the form
    bool given_ = false;    // some of the file, to whoever reads it
    Spool spool_;
    bool spooled_ = false;
};

}  // namespace sluice
