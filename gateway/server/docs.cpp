#include "server/docs_page.hpp"
#include "server/endpoints.hpp"
#include "server/openapi.hpp"
#include "server/send_asset.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>

namespace sluice {

namespace {

/// Nothing but its style and its icon: no script, no frame around it.
constexpr auto page_policy =
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri "
    "'none'; form-action 'none'";

/// bytes: for as long as the process lives.
Asset asset_of(std::string_view bytes, std::string_view type)
{
    return {
        .name = {},
        .bytes = bytes,
        .gzipped = {},
        .type = type,
        .etag = etag_of(bytes),
        .hashed = false,
    };
}

const boost::json::object& document()
{
    static const auto made = openapi_document(endpoints(), openapi_files());
    return made;
}

std::string_view style()
{
    const auto files = openapi_files();
    return std::ranges::find(files, "docs.css", &EmbeddedFile::name)->bytes;
}

}  // namespace

Task<Result<void>> openapi(Visit& visit)
{
    static const auto text = boost::json::serialize(document());
    static const auto asset = asset_of(text, "application/json");
    co_return co_await send_asset(visit, asset, page_policy);
}

Task<Result<void>> docs(Visit& visit)
{
    static const auto page = docs_page(document());
    static const auto asset = asset_of(page, "text/html; charset=utf-8");
    co_return co_await send_asset(visit, asset, page_policy);
}

Task<Result<void>> docs_style(Visit& visit)
{
    static const auto asset = asset_of(style(), "text/css; charset=utf-8");
    co_return co_await send_asset(visit, asset, page_policy);
}

}  // namespace sluice
