#include "providers/gemini/call.hpp"

#include "core/error.hpp"
#include "providers/gemini/models.hpp"
#include "providers/openai_dialect/call.hpp"

#include <utility>

namespace sluice::gemini {
namespace {

/// One segment of a path: a model's id may be any text that a caller writes.
std::string escaped(std::string_view segment)
{
    constexpr std::string_view plain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : segment) {
        if (plain.contains(c)) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += {'%', digits[byte >> 4], digits[byte & 15]};
    }
    return out;
}

std::string path_of(std::string_view model, std::string_view method)
{
    return concat("/models/", escaped(bare_id(model)), ":", method);
}

}  // namespace

HttpRequest post_to_model(const Deployment& deployment, std::string_view method, std::string body)
{
    return openai_dialect::post_json(
        *deployment.endpoint, path_of(deployment.model, method), std::move(body), false, key_header
    );
}

HttpRequest post_for_stream(const Deployment& deployment, std::string body)
{
    return openai_dialect::post_json(
        *deployment.endpoint,
        path_of(deployment.model, "streamGenerateContent?alt=sse"),
        std::move(body),
        true,
        key_header
    );
}

}  // namespace sluice::gemini
