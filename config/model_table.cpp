#include "config/model_table.hpp"

#include "config/values.hpp"
#include "config/yaml_reader.hpp"

#include <algorithm>
#include <stdexcept>

extern "C" {
extern const char sluice_models_yaml[];
extern const char sluice_models_yaml_end[];
}

namespace sluice {
namespace {

/// The table is part of the program: a mistake in it is a bug.
[[noreturn]] void fail_in_table(int line, std::string_view message)
{
    throw std::logic_error(concat("models.yaml:", std::to_string(line), ": ", message));
}

template <class T>
void read(const YamlNode& node, T& out)
{
    if (auto complaint = read_value(Scalar{node.text, node.quoted}, Rule{}, out))
        fail_in_table(node.line, *complaint);
}

std::vector<std::string> read_texts(const YamlNode& node)
{
    std::vector<std::string> out;
    for (const auto& item : node.items) out.push_back(item.text);
    return out;
}

bool read_rate(std::string_view key, const YamlNode& value, Prices& prices)
{
    if (key == "input")
        read(value, prices.input);
    else if (key == "cached")
        read(value, prices.cached);
    else if (key == "cache_write")
        read(value, prices.cache_write);
    else if (key == "output")
        read(value, prices.output);
    else if (key == "audio_input")
        read(value, prices.audio_input);
    else if (key == "audio_output")
        read(value, prices.audio_output);
    else if (key == "per_hour")
        read(value, prices.per_hour);
    else
        return false;
    return true;
}

void read_tier(const YamlNode& node, ModelInfo& model)
{
    for (const auto& [key, line, column, value] : node.members) {
        if (key == "above")
            read(value, model.tier_above);
        else if (!read_rate(key, value, model.tier_prices))
            fail_in_table(line, key);
    }
}

/// 128k, 1.05M
std::string tokens(std::int64_t count)
{
    if (count < 1000) return std::to_string(count);
    if (count < 1'000'000) return concat(std::to_string(count / 1000), "k");
    const auto hundredths = (count + 5'000) / 10'000;
    auto digits = std::to_string(hundredths % 100 + 100).substr(1);
    while (digits.ends_with('0')) digits.pop_back();
    return concat(std::to_string(hundredths / 100), digits.empty() ? "" : ".", digits, "M");
}

/// "128k context, reasoning, text and images, shuts down on 2027-01-14"
std::string describe(const ModelInfo& model, const std::vector<std::string>& takes)
{
    std::string out;
    const auto add = [&](std::string_view part) { out += concat(out.empty() ? "" : ", ", part); };
    if (model.mode != "chat") {
        std::string mode = model.mode;
        std::ranges::replace(mode, '_', ' ');
        add(mode);
    }
    if (model.context_window > 0) add(concat(tokens(model.context_window), " context"));
    if (model.reasoning) add("reasoning");
    if (model.images)
        add("text and images");
    else if (!takes.empty())
        add("text");
    if (!model.shutdown_date.empty()) add(concat("shuts down on ", model.shutdown_date));
    return out;
}

ModelInfo read_model(const YamlNode& node, std::string_view provider)
{
    ModelInfo model;
    model.provider = provider;
    std::vector<std::string> takes;
    for (const auto& [key, line, column, value] : node.members) {
        if (key == "id")
            model.id = value.text;
        else if (key == "mode")
            model.mode = value.text;
        else if (key == "context_window")
            read(value, model.context_window);
        else if (key == "max_output")
            read(value, model.max_output);
        else if (key == "tier")
            read_tier(value, model);
        else if (key == "takes")
            takes = read_texts(value);
        else if (key == "reasoning")
            read(value, model.reasoning);
        else if (key == "efforts")
            model.efforts = read_texts(value);
        else if (key == "shutdown")
            model.shutdown_date = value.text;
        else if (!read_rate(key, value, model.prices))
            fail_in_table(line, key);
    }
    model.images = std::ranges::count(takes, "image") > 0;
    model.description = describe(model, takes);
    return model;
}

ModelInfo read_retired(const YamlNode& node, std::string_view provider)
{
    auto model = read_model(node, provider);
    model.mode = "retired";
    model.description = concat("shut down on ", model.shutdown_date);
    return model;
}

std::vector<ModelInfo> read_models(std::string_view text)
{
    const auto document = read_yaml(text);
    for (const auto& problem : document.problems) fail_in_table(problem.line, problem.message);
    std::vector<ModelInfo> out;
    for (const auto& [section, line, column, providers] : document.root.members)
        for (const auto& [provider, provider_line, provider_column, models] : providers.members)
            for (const auto& node : models.items)
                out.push_back(
                    section == "retired" ? read_retired(node, provider) : read_model(node, provider)
                );
    return out;
}

}  // namespace

const ModelTable& ModelTable::built_in()
{
    static const ModelTable table(read_models(
        {sluice_models_yaml, static_cast<std::size_t>(sluice_models_yaml_end - sluice_models_yaml)}
    ));
    return table;
}

ModelTable::ModelTable(std::vector<ModelInfo> models) : models_(std::move(models))
{
    std::ranges::sort(models_, {}, [](const ModelInfo& model) {
        return std::tie(model.id, model.provider);
    });
}

const ModelInfo* ModelTable::find(std::string_view provider_type, std::string_view id) const
{
    for (const auto& model : std::ranges::equal_range(models_, id, {}, &ModelInfo::id))
        if (model.provider == provider_type) return &model;
    return nullptr;
}

const ModelInfo* ModelTable::find(std::string_view id) const
{
    const auto found = std::ranges::equal_range(models_, id, {}, &ModelInfo::id);
    return found.empty() ? nullptr : &found.front();
}

std::vector<const ModelInfo*> ModelTable::of_provider(std::string_view provider_type) const
{
    auto out = ever_of_provider(provider_type);
    std::erase_if(out, [](const ModelInfo* model) { return model->mode == "retired"; });
    return out;
}

std::vector<const ModelInfo*> ModelTable::ever_of_provider(std::string_view provider_type) const
{
    std::vector<const ModelInfo*> out;
    for (const auto& model : models_)
        if (model.provider == provider_type) out.push_back(&model);
    return out;
}

std::optional<Cost> cost_of(const Usage& usage, const ModelInfo& model)
{
    const bool above = model.tier_above > 0 && usage.prompt > model.tier_above;
    return cost_of(usage, above ? model.tier_prices : model.prices);
}

std::optional<Cost> cost_of(const Usage& usage, const Prices& rates)
{
    if (rates.per_hour > 0 && usage.seconds > 0)
        return Cost{.input = usage.seconds * rates.per_hour / 3600};
    if (rates.input == 0 && rates.output == 0) return std::nullopt;

    const auto cost = [](std::int64_t tokens, double rate) {
        return static_cast<double>(std::max<std::int64_t>(0, tokens)) * rate / 1e6;
    };
    const auto or_else = [](double rate, double other) { return rate > 0 ? rate : other; };
    const auto plain = usage.prompt - usage.cached - usage.cache_write - usage.audio_in;
    const auto text_out = usage.completion - usage.reasoning - usage.audio_out;
    return Cost{
        .input = cost(plain, rates.input) +
                 cost(usage.audio_in, or_else(rates.audio_input, rates.input)),
        .cache_read = cost(usage.cached, or_else(rates.cached, rates.input)),
        .cache_write = cost(usage.cache_write, or_else(rates.cache_write, rates.input)),
        .output = cost(text_out, rates.output) +
                  cost(usage.audio_out, or_else(rates.audio_output, rates.output)),
        .reasoning = cost(usage.reasoning, rates.output),
    };
}

}  // namespace sluice
