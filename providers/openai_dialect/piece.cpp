#include "providers/openai_dialect/piece.hpp"

#include <algorithm>

namespace sluice::openai_dialect {

void append_joined(std::string& out, const Texts& parts)
{
    for (const auto& part : parts) part.append_to(out);
}

bool is_empty(const Texts& parts)
{
    return std::ranges::all_of(parts, &json::RawText::empty);
}

std::string make_call_id(
    std::string_view answer_id, std::int64_t created, int choice, std::size_t call
)
{
    std::uint64_t hash = 14695981039346656037u;  // FNV-1a
    for (const char c : concat(
             answer_id,
             " ",
             std::to_string(created),
             " ",
             std::to_string(choice),
             " ",
             std::to_string(call)
         ))
        hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
    constexpr std::string_view digits =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    std::string id = "call_";
    for (int i = 0; i < 9; ++i, hash /= digits.size()) id += digits[hash % digits.size()];
    return id;
}

int choice_index(const ChoicePiece& piece, std::size_t position)
{
    constexpr std::int64_t most = 127;  // n is at most 128
    const auto index = piece.index.value_or(-1);
    return static_cast<int>(
        index >= 0 && index <= most ? index : static_cast<std::int64_t>(position)
    );
}

Error failed_finish()
{
    return {
        .kind = ErrorKind::server_error,
        .message = "the provider broke the answer off: it finished with an error",
        .upstream_status = 200
    };
}

}  // namespace sluice::openai_dialect
