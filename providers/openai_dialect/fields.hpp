#pragma once

#include "core/error.hpp"
#include "core/json_key.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::openai_dialect {

/// What becomes of a field that a target does not take (CONTRACT.md section 1).
enum class Nature {
    core,     ///< messages, model, stream: every target takes them
    tuning,   ///< dropped with a warning
    meaning,  ///< makes the target unfit, unless its value asks for nothing
    gateway,  ///< the gateway's own; never sent
};

/// One top-level field of a chat request. Fields that stand in no row are tuning.
struct Field {
    json::Key name;
    Nature nature;
};

/// nullptr for a field we do not know.
const Field* find_field(json::Key name);
/// The fields we know, but for the gateway's own.
json::KeySet sendable_fields();

/// True where dropping this field with this value (JSON text) would change what the request means;
/// false for tuning fields and for values that ask for nothing: n of 1, no tools, plain text.
bool carries_meaning(std::string_view name, std::string_view value);

/// "temperature: not accepted by gpt-5; dropped"
std::string dropped(std::string_view field, std::string_view target);
/// "reasoning_effort: max is not accepted by gpt-5; sent as high"
std::string clamped(
    std::string_view field, std::string_view from, std::string_view target, std::string_view to
);
/// Adds a line of warning that does not stand there already.
void warn_once(std::vector<std::string>& warnings, std::string line);
/// ErrorKind::unfit with the field in param and a message that names field and target.
std::unexpected<Error> unfit(std::string_view field, std::string_view target);
/// The same for a part of a field: param is the path of the field, what names the part.
std::unexpected<Error> unfit(
    std::string_view param, std::string_view what, std::string_view target
);

/// The accepted reasoning effort nearest to the one that was asked for, the weaker of two equally
/// near; wanted itself where it is accepted or is no effort we know. accepted is not empty.
std::string_view nearest_effort(
    std::string_view wanted, std::span<const std::string_view> accepted
);

}  // namespace sluice::openai_dialect
