#include "server/assets.hpp"
#include "server/endpoints.hpp"

#include <algorithm>

namespace sluice {

namespace {

/// Nothing but what this origin serves; no script or style within the page, no frame around it.
constexpr auto content_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The items of a list in a header, without what follows a ';'.
template <class Matches>
bool any_item(std::string_view list, Matches matches)
{
    while (!list.empty()) {
        auto item = list.substr(0, list.find(','));
        list.remove_prefix(std::min(item.size() + 1, list.size()));
        while (item.starts_with(' ')) item.remove_prefix(1);
        while (item.ends_with(' ')) item.remove_suffix(1);
        if (matches(item)) return true;
    }
    return false;
}

bool takes_gzip(const Request& request)
{
    return any_item(request.header("accept-encoding"), [](std::string_view item) {
        const auto coding = item.substr(0, item.find_first_of("; "));
        const bool refused = item.ends_with("q=0") || item.ends_with("q=0.0");
        return iequals(coding, "gzip") && !refused;
    });
}

/// If-None-Match compares weakly.
bool is_known(const Request& request, std::string_view etag)
{
    return any_item(request.header("if-none-match"), [&](std::string_view item) {
        if (item.starts_with("W/")) item.remove_prefix(2);
        return item == etag || item == "*";
    });
}

Task<Result<void>> send_asset(Visit& visit, std::string_view name)
{
    const auto* asset = find_asset(name);
    if (!asset)
        co_return fail(ErrorKind::not_found, concat("nothing is served at ", visit.request.path));
    const bool zipped = !asset->gzipped.empty() && takes_gzip(visit.request);
    auto etag = asset->etag;
    if (zipped) etag.insert(etag.size() - 1, "-gz");

    auto& headers = visit.headers;
    const bool known = is_known(visit.request, etag);
    headers.push_back(
        {"cache-control", asset->hashed ? "public, max-age=31536000, immutable" : "no-cache"}
    );
    headers.push_back({"vary", "accept-encoding"});
    headers.push_back({"content-security-policy", content_policy});
    headers.push_back({"x-content-type-options", "nosniff"});
    headers.push_back({"referrer-policy", "no-referrer"});
    headers.push_back({"etag", std::move(etag)});
    visit.account.succeeded(known ? 304 : 200);
    if (known) co_return co_await visit.responder.send(304, headers, {});
    headers.push_back({"content-type", std::string(asset->type)});
    if (zipped) headers.push_back({"content-encoding", "gzip"});
    co_return co_await visit.responder.send(200, headers, zipped ? asset->gzipped : asset->bytes);
}

}  // namespace

Task<Result<void>> ui_page(Visit& visit)
{
    co_return co_await send_asset(visit, "index.html");
}

Task<Result<void>> ui_asset(Visit& visit)
{
    co_return co_await send_asset(visit, visit.parameter);
}

/// Relative, so that it also leads there behind a proxy that serves us below a path.
Task<Result<void>> to_ui(Visit& visit)
{
    visit.account.succeeded(307);
    visit.headers.push_back({"location", "ui/"});
    co_return co_await visit.responder.send(307, visit.headers, {});
}

}  // namespace sluice
