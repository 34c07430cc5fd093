#include "providers/anthropic/listing.hpp"

#include "core/json.hpp"
#include "providers/anthropic/errors.hpp"
#include "providers/tree.hpp"

#include <charconv>
#include <chrono>
#include <string>
#include <utility>

namespace sluice::anthropic {
namespace {

using boost::json::object;
using tree::string_at;

/// The digits of a date's part; -1 where there are none.
int number_at(std::string_view text, std::size_t at, std::size_t length)
{
    int number = -1;
    std::from_chars(text.data() + at, text.data() + at + length, number);
    return number;
}

/// The seconds from 1970 to the day of an RFC 3339 time; 0 where it is none.
std::int64_t seconds_of_day(std::string_view time)
{
    constexpr std::size_t date_length = 10;
    if (time.size() < date_length) return 0;
    const int year = number_at(time, 0, 4), month = number_at(time, 5, 2);
    const int day = number_at(time, 8, 2);
    if (year < 0 || month < 0 || day < 0) return 0;
    const std::chrono::year_month_day date(
        std::chrono::year(year),
        std::chrono::month(static_cast<unsigned>(month)),
        std::chrono::day(static_cast<unsigned>(day))
    );
    if (!date.ok()) return 0;
    return std::chrono::seconds(std::chrono::sys_days(date).time_since_epoch()).count();
}

}  // namespace

Result<std::vector<ListedModel>> read_listing(std::string_view body)
{
    const auto parsed = json::parse_tree(body);
    if (!parsed) return fail(ErrorKind::bad_response, "the list of models is no JSON");
    const auto& list = tree::object_in(*parsed);
    if (auto error = reported_error(list)) return std::unexpected(*std::move(error));
    const auto* data = list.if_contains("data");
    if (!data || !data->is_array())
        return fail(ErrorKind::bad_response, "the answer has no list of models");
    std::vector<ListedModel> models;
    for (const auto& entry : data->get_array()) {
        const auto& model = tree::object_in(entry);
        const auto id = string_at(model, "id");
        if (id.empty()) continue;
        models.push_back({
            .id = std::string(id),
            .description = std::string(string_at(model, "display_name")),
            .context_window = tree::integer_at(model, "max_input_tokens"),
            .created = seconds_of_day(string_at(model, "created_at")),
            .owned_by = "anthropic",
        });
    }
    return models;
}

}  // namespace sluice::anthropic
