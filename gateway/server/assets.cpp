#include "server/assets.hpp"

#include "core/digest.hpp"
#include "core/error.hpp"
#include "server/embedded_files.hpp"

#include <algorithm>
#include <vector>

namespace sluice {

namespace {

std::string_view type_of_name(std::string_view name)
{
    if (name.ends_with(".html")) return "text/html; charset=utf-8";
    if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
    if (name.ends_with(".css")) return "text/css; charset=utf-8";
    if (name.ends_with(".svg")) return "image/svg+xml";
    return "text/plain; charset=utf-8";
}

/// esbuild puts a hash of eight capitals and digits before the extension: app-K3J5XWQ2.js
bool has_hash(std::string_view name)
{
    constexpr std::size_t length = 8;
    const auto dot = name.find('.');
    if (dot == std::string_view::npos || dot < length + 1 || name[dot - length - 1] != '-')
        return false;
    return std::ranges::all_of(name.substr(dot - length, length), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    });
}

std::vector<Asset> load()
{
    const auto files = ui_files();
    std::vector<Asset> assets;
    for (const auto& file : files) {
        if (file.name.ends_with(".gz")) continue;
        const auto compressed = std::ranges::find(
            files, concat(file.name, ".gz"), [](const auto& other) { return other.name; }
        );
        assets.push_back({
            .name = file.name,
            .bytes = file.bytes,
            .gzipped = compressed == files.end() ? std::string_view() : compressed->bytes,
            .type = type_of_name(file.name),
            .etag = etag_of(file.bytes),
            .hashed = has_hash(file.name),
        });
    }
    return assets;
}

}  // namespace

std::string etag_of(std::string_view bytes)
{
    return concat("\"", sha256_hex(bytes).substr(0, 16), "\"");
}

const Asset* find_asset(std::string_view name)
{
    static const std::vector<Asset> assets = load();
    const auto found = std::ranges::find(assets, name, &Asset::name);
    return found == assets.end() ? nullptr : &*found;
}

}  // namespace sluice
