#include "config/import/connection.hpp"

#include "config/addresses.hpp"
#include "config/environment.hpp"
#include "config/import/known_providers.hpp"
#include "config/variables.hpp"
#include "core/digest.hpp"
#include "core/error.hpp"

#include <boost/url/parse.hpp>

#include <algorithm>
#include <array>
#include <ranges>

namespace sluice {
namespace {

constexpr std::string_view azure = "azure_openai";
constexpr std::string_view compatible = "openai_compatible";

std::string lower(std::string_view text)
{
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

/// What people write where a server wants some key and looks at none.
bool stands_for_no_key(std::string_view key)
{
    constexpr std::array words{
        "none", "null", "empty", "no-key", "not-needed", "dummy", "fake-key"
    };
    return std::ranges::any_of(words, [&, word = lower(key)](auto each) { return word == each; });
}

struct Address {
    std::string url;  ///< without slashes at its end
    bool variable = false;
    std::string host, path;  ///< of a literal
};

/// nullopt: it is none, which is reported.
std::optional<Address> address_of(const ForeignConnection& given, ImportReport& report)
{
    Address out;
    if (const auto name = variable_in(given.base_url, given.variable_prefix); !name.empty()) {
        out.url = concat("${", name, "}");
        out.variable = true;
        return out;
    }
    out.url = given.base_url;
    while (out.url.ends_with('/')) out.url.pop_back();
    if (out.url.empty()) return out;
    if (const auto complaint = check_base_url(out.url).complaint) {
        report.left_out(given.path, concat("its address ", *complaint));
        return std::nullopt;
    }
    const auto url = boost::urls::parse_uri(out.url);
    out.host = url->host();
    out.path = url->encoded_path();
    return out;
}

/// llm for https://llm.internal:8000/v1.
std::string name_after(const Address& address)
{
    if (address.variable) return "custom";
    if (is_loopback_url(address.url)) return "local";
    std::string_view host = address.host;
    for (const std::string_view dull : {"api.", "www."})
        if (host.starts_with(dull)) host.remove_prefix(dull.size());
    const auto label = host.substr(0, host.find('.'));
    const bool number = std::ranges::all_of(label, [](char c) { return c >= '0' && c <= '9'; });
    return number || label.empty() || label[0] == '[' ? "custom" : lower(label);
}

/// https://x.openai.azure.com -> https://x.openai.azure.com/openai/v1
std::string azure_url(const Address& address, bool dated)
{
    auto url = address.url;
    if (const auto at = url.size() - address.path.size() + address.path.find("/openai");
        !address.variable && address.path.contains("/openai"))
        url.resize(at);
    return concat(url, "/openai", dated ? "" : "/v1");
}

void set_address(
    DraftProvider& provider,
    const KnownProvider& known,
    const ForeignConnection& given,
    const Address& address
)
{
    auto& config = provider.config;
    config.type = known.type;
    provider.wish = known.name;
    if (known.type == azure) {
        const bool dated = !given.api_version.empty();
        if (dated) config.api_version = our_text(given.api_version, given.variable_prefix);
        config.base_url = azure_url(address, dated);
        return;
    }
    if (address.url.empty()) {
        config.base_url = known.base_url;
        return;
    }
    const bool own = known.type == "openai" && address.host != "api.openai.com";
    if (own) {
        config.type = compatible;
        provider.wish = name_after(address);
    }
    config.base_url = address.url;
    const bool pathless = !address.variable && address.path.empty();
    const bool wants_version =
        given.versionless ? !address.path.ends_with("/v1")
                          : pathless && (known.type != compatible || known.keyless) && !own;
    if (wants_version && known.type != "gemini") config.base_url += "/v1";
    if (config.base_url == "https://api.openai.com/v1" && config.type == "openai")
        config.base_url.clear();
}

void set_key(DraftProvider& provider, const KnownProvider& known, const ForeignConnection& given)
{
    const bool may_have_none = provider.config.type == compatible;
    if (const auto name = variable_in(given.key, given.variable_prefix); !name.empty()) {
        provider.key_variable = name;
    } else if (!given.key.empty() && !(may_have_none && stands_for_no_key(given.key))) {
        provider.key_digest = sha256_hex(given.key);
        provider.key_paths.push_back(given.key_path);
    } else if (may_have_none && (known.keyless || provider.wish != known.name)) {
        provider.keyless = true;
        provider.config.dialect.require_key = false;
    } else {
        provider.key_variable = concat(variable_prefix(provider.wish), "_API_KEY");
    }
}

bool carries_the_key(std::string_view header, std::string_view type)
{
    if (type == "anthropic") return header == "x-api-key";
    if (type == "gemini") return header == "x-goog-api-key";
    return header == "authorization" || (type == azure && header == "api-key");
}

/// As a scheme or a form shows it, or as the length of a word that no person would type.
bool looks_like_a_credential(std::string_view value)
{
    constexpr std::size_t longest_word = 19;
    const auto folded = lower(value);
    if (folded.starts_with("bearer ") || folded.starts_with("basic ")) return true;
    for (const auto part : std::views::split(value, ' ')) {
        const std::string_view word(part);
        if (word.starts_with("sk-") || word.starts_with("eyJ") || word.size() > longest_word)
            return true;
    }
    return false;
}

/// Anybody may call a header that holds a key x-team, so the names are those known to hold none.
bool may_be_copied(std::string_view name, std::string_view value)
{
    constexpr std::array harmless{
        "accept",
        "accept-encoding",
        "accept-language",
        "anthropic-beta",
        "anthropic-version",
        "http-referer",
        "openai-beta",
        "openai-organization",
        "openai-project",
        "referer",
        "user-agent",
        "x-title",
    };
    return std::ranges::count(harmless, name) > 0 && !looks_like_a_credential(value);
}

}  // namespace

std::optional<DraftProvider> connect(const ForeignConnection& given, ImportReport& report)
{
    static constexpr KnownProvider unknown{"", "custom", compatible, ""};
    const auto* known = known_provider(given.provider);
    if (known && known->type.empty()) {
        report.left_out(
            given.path,
            concat(
                given.provider, ": Sluice cannot call it: it signs requests with a cloud's own keys"
            )
        );
        return std::nullopt;
    }
    const auto address = address_of(given, report);
    if (!address) return std::nullopt;
    const bool must_say_where =
        !known || (known->base_url.empty() && known->type == compatible) || known->type == azure;
    if (address->url.empty() && must_say_where) {
        report.left_out(
            given.path,
            known ? concat(given.provider, ": its address is not in the file")
                  : concat(
                        given.provider,
                        ": no provider that Sluice knows; one that speaks the OpenAI dialect needs "
                        "its address"
                    )
        );
        return std::nullopt;
    }
    DraftProvider provider;
    set_address(provider, known ? *known : unknown, given, *address);
    if (!known) {
        provider.wish = lower(given.provider);
        report.changed(
            given.path,
            concat(given.provider, ": taken for a server that speaks the OpenAI dialect")
        );
    }
    set_key(provider, known ? *known : unknown, given);
    if (provider.keyless && !(known && known->keyless))
        report.changed(given.path, "no key is in the file, so it is called without one");
    if (address->variable && known && known->type == azure)
        report.changed(
            given.path,
            concat("the address in ", provider.config.base_url, " must not end with a slash")
        );
    return provider;
}

std::string_view variable_in(std::string_view text, std::string_view variable_prefix)
{
    if (variable_prefix.empty() || !text.starts_with(variable_prefix)) return {};
    const auto name = text.substr(variable_prefix.size());
    return is_variable_name(name) ? name : std::string_view();
}

std::string our_text(std::string_view text, std::string_view variable_prefix)
{
    if (const auto name = variable_in(text, variable_prefix); !name.empty())
        return concat("${", name, "}");
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text.substr(i).starts_with("${")) out += '$';
        out += text[i];
    }
    return out;
}

void add_header(
    DraftProvider& provider,
    const std::string& path,
    const std::string& name,
    const std::string& value,
    std::string_view prefix,
    ImportReport& report
)
{
    constexpr std::array own{
        "host", "content-length", "connection", "transfer-encoding", "content-type"
    };
    const auto spelled = lower(name);
    const auto in_name = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    };
    const auto in_value = [](char c) { return c >= 0x20 && c != 0x7f; };
    auto& headers = provider.config.headers;
    if (spelled.empty() || !std::ranges::all_of(spelled, in_name) ||
        std::ranges::count(own, spelled) > 0 || !std::ranges::all_of(value, in_value) ||
        value.starts_with(' ') || value.ends_with(' '))
        report.left_out(path, "the gateway cannot send such a header");
    else if (!provider.keyless && carries_the_key(spelled, provider.config.type))
        report.left_out(path, "the provider's own key travels in it");
    else if (value.empty())
        report.left_out(path, "has no value");
    else if (std::ranges::find(headers, spelled, &Header::name) != headers.end())
        return;
    else if (!variable_in(value, prefix).empty() || may_be_copied(spelled, value))
        headers.push_back({spelled, our_text(value, prefix)});
    else {
        const auto digest = sha256_hex(value);
        headers.push_back({spelled, digest});
        provider.hidden_headers.push_back({spelled, digest, path});
    }
}

}  // namespace sluice
