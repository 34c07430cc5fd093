#include "config/otel_variables.hpp"

#include "config/addresses.hpp"
#include "config/settings.hpp"
#include "core/error.hpp"
#include "core/hex.hpp"

#include <algorithm>
#include <charconv>
#include <ranges>

namespace sluice {
namespace {

std::string_view trimmed(std::string_view text)
{
    const auto begin = text.find_first_not_of(" \t");
    if (begin == text.npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// %2C and its like replaced; nullopt where a '%' begins nothing.
std::optional<std::string> percent_decoded(std::string_view text)
{
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
        const int low = high < 0 ? -1 : hex_digit(text[i + 2]);
        if (low < 0) return std::nullopt;
        out += static_cast<char>(16 * high + low);
        i += 2;
    }
    return out;
}

/// name=value,name=value with percent-encoding; nullopt where it is not that.
std::optional<Headers> read_pairs(std::string_view text)
{
    Headers out;
    for (const auto part : std::views::split(text, ',')) {
        const auto pair = trimmed(std::string_view(part));
        if (pair.empty()) continue;
        const auto equals = std::min(pair.find('='), pair.size());
        const auto name = percent_decoded(trimmed(pair.substr(0, equals)));
        const auto value = percent_decoded(trimmed(pair.substr(std::min(equals + 1, pair.size()))));
        if (equals == pair.size() || !name || name->empty() || !value) return std::nullopt;
        out.push_back({*name, *value});
    }
    return out;
}

class OtelReader {
public:
    OtelReader(
        const Variables& variables,
        TraceConfig& traces,
        Places& places,
        std::vector<std::string>& warnings
    )
        : variables_(variables), traces_(traces), places_(places), warnings_(warnings)
    {
    }

    void read()
    {
        read_endpoint();
        if (const auto* protocol = either("PROTOCOL");
            protocol && protocol->second.value != "http/json")
            warn(*protocol, "only http/json is spoken; spans are sent as that");
        if (const auto* headers = either("HEADERS")) read_headers(*headers);
        if (const auto* file = either("CERTIFICATE")) set("ca_file", traces_.ca_file, *file);
        if (const auto* timeout = either("TIMEOUT"))
            read_wait("timeout", traces_.timeout, *timeout);

        if (const auto* attributes = find("OTEL_RESOURCE_ATTRIBUTES")) read_attributes(*attributes);
        if (const auto* service = find("OTEL_SERVICE_NAME"))
            set("service", traces_.service, *service);
        if (const auto* sampler = find("OTEL_TRACES_SAMPLER"))
            set("sampler", traces_.sampler, *sampler, one_of(samplers));
        if (const auto* ratio = find("OTEL_TRACES_SAMPLER_ARG"))
            set("ratio", traces_.ratio, *ratio, within(0, 1));
        if (const auto* names = find("OTEL_SEMCONV_STABILITY_OPT_IN"))
            for (const auto word : std::views::split(names->second.value, ','))
                if (trimmed(std::string_view(word)) == "gen_ai_latest_experimental")
                    accept("genai", traces_.genai, "latest", *names);

        if (const auto* delay = find("OTEL_BSP_SCHEDULE_DELAY"))
            read_wait("interval", traces_.interval, *delay);
        if (const auto* size = find("OTEL_BSP_MAX_QUEUE_SIZE"))
            set("queue_size", traces_.queue_size, *size, within(1, 1'000'000));
        if (const auto* size = find("OTEL_BSP_MAX_EXPORT_BATCH_SIZE"))
            set("batch_size", traces_.batch_size, *size, within(1, 100'000));
    }

private:
    const Variables& variables_;
    TraceConfig& traces_;
    Places& places_;
    std::vector<std::string>& warnings_;

    using Entry = Variables::value_type;

    const Entry* find(std::string_view name) const
    {
        const auto found = variables_.find(name);
        return found == variables_.end() || found->second.value.empty() ? nullptr : &*found;
    }
    /// The variable for traces, else the one for all signals.
    const Entry* either(std::string_view name) const
    {
        const auto* own = find(concat("OTEL_EXPORTER_OTLP_TRACES_", name));
        return own ? own : find(concat("OTEL_EXPORTER_OTLP_", name));
    }

    /// Never with the value, which may be a key.
    void warn(const Entry& variable, std::string_view why)
    {
        warnings_.push_back(concat(variable.first, ": ", why));
    }

    template <class T>
    void accept(std::string_view key, T& member, T value, const Entry& from)
    {
        member = std::move(value);
        places_[concat("traces.", key)] = from.second.place;
    }
    void accept(std::string_view key, std::string& member, const char* value, const Entry& from)
    {
        accept(key, member, std::string(value), from);
    }

    template <class T>
    void set(std::string_view key, T& member, const Entry& from, const Rule& rule = {})
    {
        T value{};
        if (const auto complaint = read_value(Scalar{from.second.value}, rule, value))
            warn(from, concat(*complaint, "; it is ignored"));
        else
            accept(key, member, std::move(value), from);
    }

    /// OpenTelemetry's waits are milliseconds.
    void read_wait(std::string_view key, milliseconds& member, const Entry& from)
    {
        std::int64_t ms = 0;
        const auto* end = from.second.value.data() + from.second.value.size();
        const auto [rest, error] = std::from_chars(from.second.value.data(), end, ms);
        if (error != std::errc() || rest != end || ms < 1 || ms > 86'400'000)
            return warn(from, "must be milliseconds, 1 to 86400000; it is ignored");
        accept(key, member, milliseconds(ms), from);
    }

    void read_endpoint()
    {
        const auto* own = find("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
        const auto* base = find("OTEL_EXPORTER_OTLP_ENDPOINT");
        if (const auto* from = own ? own : base) {
            auto url = from->second.value;
            if (auto complaint = check_base_url(url).complaint) {
                warn(*from, concat(*complaint, "; it is ignored"));
            } else {
                if (!own) url += url.ends_with('/') ? "v1/traces" : "/v1/traces";
                accept("endpoint", traces_.endpoint, std::move(url), *from);
            }
        }
        for (const auto& [name, off] :
             {std::pair{"OTEL_SDK_DISABLED", "true"}, std::pair{"OTEL_TRACES_EXPORTER", "none"}})
            if (const auto* set = find(name); set && iequals(set->second.value, off))
                accept("endpoint", traces_.endpoint, "", *set);
    }

    void read_headers(const Entry& from)
    {
        auto headers = read_pairs(from.second.value);
        if (!headers)
            return warn(from, "must be name=value,name=value (RFC 3986 encoded); it is ignored");
        accept("headers", traces_.headers, std::move(*headers), from);
    }

    void read_attributes(const Entry& from)
    {
        const auto pairs = read_pairs(from.second.value);
        if (!pairs)
            return warn(from, "must be name=value,name=value (RFC 3986 encoded); it is ignored");
        std::vector<std::string> attributes;
        for (const auto& [name, value] : *pairs)
            if (name == "service.name")
                accept("service", traces_.service, std::string(value), from);
            else
                attributes.push_back(concat(name, "=", value));
        accept("attributes", traces_.attributes, std::move(attributes), from);
    }
};

}  // namespace

void read_otel_variables(
    const Variables& variables,
    TraceConfig& traces,
    Places& places,
    std::vector<std::string>& warnings
)
{
    OtelReader(variables, traces, places, warnings).read();
}

}  // namespace sluice
