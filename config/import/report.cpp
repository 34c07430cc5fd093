#include "config/import/report.hpp"

#include <algorithm>

namespace sluice {
namespace {

/// What several parts of the result come from is told once.
void add(std::vector<ImportReport::Line>& lines, std::string_view path, std::string_view text)
{
    ImportReport::Line line{printable(path), printable(text)};
    if (std::ranges::find(lines, line) == lines.end()) lines.push_back(std::move(line));
}

}  // namespace

void ImportReport::left_out(std::string_view path, std::string_view why)
{
    add(left_out_, path, why);
}

void ImportReport::changed(std::string_view path, std::string_view how)
{
    add(changed_, path, how);
}

void ImportReport::always_so(std::string_view path, std::string_view how)
{
    add(always_so_, path, how);
}

std::string printable(std::string_view text)
{
    std::string out(text);
    std::ranges::replace_if(
        out, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?'
    );
    return out;
}

}  // namespace sluice
