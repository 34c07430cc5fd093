#include "server/html.hpp"

#include "core/error.hpp"

#include <algorithm>

namespace sluice::html {

std::string escaped(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            default: out += c;
        }
    }
    return out;
}

namespace {

/// What stands between two marks is put into the element; a mark alone is text.
std::string marked(std::string_view text, std::string_view mark, std::string_view element)
{
    std::string out;
    while (true) {
        const auto begin = text.find(mark);
        const auto end = begin == text.npos ? begin : text.find(mark, begin + mark.size());
        if (end == text.npos) return out.append(text);
        const auto inside = text.substr(begin + mark.size(), end - begin - mark.size());
        out.append(text.substr(0, begin));
        out += concat("<", element, ">", inside, "</", element, ">");
        text.remove_prefix(end + mark.size());
    }
}

}  // namespace

std::string inline_text(std::string_view prose)
{
    return marked(marked(escaped(prose), "`", "code"), "**", "strong");
}

std::string paragraphs(std::string_view prose)
{
    constexpr std::string_view gap = "\n\n";
    std::string out;
    while (!prose.empty()) {
        const auto one = prose.substr(0, prose.find(gap));
        out += concat("<p>", inline_text(one), "</p>\n");
        prose.remove_prefix(std::min(prose.size(), one.size() + gap.size()));
    }
    return out;
}

}  // namespace sluice::html
