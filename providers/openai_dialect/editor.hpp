#pragma once

#include "providers/translator.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::openai_dialect {

/// The edits that make a caller's body one that the target takes.
class Editor {
public:
    Editor(
        const json::Document& document,
        std::string_view target,
        LeftOut left_out,
        const DialectOptions& dialect,
        json::KeySet refused = {}
    );

    /// The caller's value; nullopt for null too, which says as much as nothing.
    std::optional<std::string_view> value(json::Key field) const;
    bool refuses(json::Key field) const;
    bool is_left_out(std::string_view path) const;

    void put(json::Key field, std::string json_text) { edits_.put(field, std::move(json_text)); }
    void remove(json::Key field)
    {
        if (document_.contains(field)) edits_.remove(field);
    }
    void rename(json::Key from, std::string_view to) { edits_.rename(from, to); }
    void warn(std::string line) { warnings_.push_back(std::move(line)); }
    /// Removes a field that the caller sent, with a warning where it asked for anything.
    void drop(json::Key field);
    /// Drops the members that the target refuses, but those of `handled`, and those that we do not
    /// know unless it takes such; ErrorKind::unfit at the first that means something.
    Result<void> drop_refused(json::KeySet handled, bool takes_extra_fields);
    /// Edits what stands at paths below the top level out of its member.
    void drop_nested();

    /// Puts the edited body into the call, beside its warnings; the editor is spent. A long stretch
    /// of the body stays in the caller's document, which has to outlive the call.
    void finish(Call& call);

private:
    const json::Document& document_;
    std::string_view target_;
    LeftOut left_out_;
    const DialectOptions& dialect_;
    json::KeySet refused_;  ///< those without a number stand in left_out_ or dialect_
    json::Edits edits_;
    std::vector<std::string> warnings_;

    std::string_view current(json::Key field) const;
};

}  // namespace sluice::openai_dialect
