#pragma once

#include "core/error.hpp"
#include "tokens/encoding.hpp"

#include <string>
#include <string_view>

namespace sluice {

/// The name its ranks are published under: "o200k_base.tiktoken".
std::string_view rank_file_name(EncodingKind kind);

/// Ranks as published: a line for each token, its bytes in base64, a space, its rank; ranks ascend.
/// An error begins with the line: "line 3: ...".
Result<RankTable> parse_ranks(std::string_view text);

/// Reads such a file, which must be the published one to the last byte (SHA-256). An error names
/// the file, and the line where there is one to name.
Result<Encoding> load_ranks(const std::string& path, EncodingKind kind);

}  // namespace sluice
