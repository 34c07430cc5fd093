#include "tokens/rank_file.hpp"

#include "core/base64.hpp"
#include "core/digest.hpp"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <system_error>

namespace sluice {
namespace {

constexpr std::size_t max_file = 32u << 20;

struct Published {
    std::string_view name;
    std::string_view sha256;
};

constexpr Published published(EncodingKind kind)
{
    switch (kind) {
        case EncodingKind::o200k_base:
            return {
                "o200k_base.tiktoken",
                "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"
            };
        case EncodingKind::cl100k_base:
            return {
                "cl100k_base.tiktoken",
                "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"
            };
    }
    return {};
}

std::optional<Rank> parse_rank(std::string_view text)
{
    Rank rank = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), rank);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return rank;
}

/// Reads line after line into a table.
class RankReader {
public:
    RankReader(std::size_t tokens, std::size_t bytes) : ranks_(tokens, bytes) {}

    /// nullptr, or what is wrong with the line.
    const char* add(std::string_view line)
    {
        const auto space = line.find(' ');
        if (space == line.npos) return "must be a token in base64, a space, and its rank";
        if (!decode_base64(line.substr(0, space), token_)) return "the token is no base64";
        const auto rank = parse_rank(line.substr(space + 1));
        if (!rank) return "the rank is no number";
        if (*rank < least_) return "the rank is not above the one before";
        least_ = *rank + 1;
        if (!ranks_.add(token_, *rank))
            return "the token is empty, too large, or there already, or the rank is too large";
        return nullptr;
    }

    Result<RankTable> finish() &&
    {
        for (int byte = 0; byte < 256; ++byte) {
            const char text[] = {static_cast<char>(byte)};
            if (ranks_.find({text, 1}) == RankTable::none)
                return fail(
                    ErrorKind::malformed,
                    concat("no token stands for the single byte ", std::to_string(byte))
                );
        }
        return std::move(ranks_);
    }

private:
    RankTable ranks_;
    std::string token_;
    Rank least_ = 0;
};

Result<std::string> read_file(const std::string& path)
{
    std::error_code error;
    const auto size = std::filesystem::file_size(path, error);
    if (error)
        return fail(ErrorKind::not_configured, concat(path, ": cannot be read: ", error.message()));
    if (size > max_file)
        return fail(ErrorKind::not_configured, concat(path, ": is too large for a rank file"));
    std::string text(size, '\0');
    if (!std::ifstream(path, std::ios::binary)
             .read(text.data(), static_cast<std::streamsize>(size)))
        return fail(ErrorKind::not_configured, concat(path, ": cannot be read"));
    return text;
}

}  // namespace

std::string_view rank_file_name(EncodingKind kind)
{
    return published(kind).name;
}

Result<RankTable> parse_ranks(std::string_view text)
{
    // Every token fits: four characters of base64 hold three bytes.
    const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1;
    RankReader reader(
        std::min(lines, RankTable::max_tokens), std::min(text.size() / 4 * 3, RankTable::max_bytes)
    );
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto end = std::min(text.find('\n'), text.size());
        if (const char* wrong = reader.add(text.substr(0, end)))
            return fail(ErrorKind::malformed, concat("line ", std::to_string(number), ": ", wrong));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return std::move(reader).finish();
}

Result<Encoding> load_ranks(const std::string& path, EncodingKind kind)
{
    const auto text = read_file(path);
    if (!text) return std::unexpected(text.error());
    auto ranks = parse_ranks(*text);
    if (!ranks) return fail(ErrorKind::malformed, concat(path, ": ", ranks.error().message));
    const auto sum = sha256_hex(*text);
    if (sum != published(kind).sha256)
        return fail(
            ErrorKind::malformed,
            concat(
                path,
                ": is not ",
                published(kind).name,
                " as published: its SHA-256 is ",
                sum,
                " instead of ",
                published(kind).sha256
            )
        );
    return Encoding(kind, *std::move(ranks));
}

}  // namespace sluice
