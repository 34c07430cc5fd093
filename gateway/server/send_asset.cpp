#include "server/send_asset.hpp"

#include <algorithm>
#include <string>

namespace sluice {

namespace {

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

}  // namespace

Task<Result<void>> send_asset(Visit& visit, const Asset& asset, std::string_view content_policy)
{
    const bool zipped = !asset.gzipped.empty() && takes_gzip(visit.request);
    auto etag = asset.etag;
    if (zipped) etag.insert(etag.size() - 1, "-gz");

    auto& headers = visit.headers;
    const bool known = is_known(visit.request, etag);
    headers.push_back(
        {"cache-control", asset.hashed ? "public, max-age=31536000, immutable" : "no-cache"}
    );
    headers.push_back({"vary", "accept-encoding"});
    headers.push_back({"content-security-policy", content_policy});
    headers.push_back({"x-content-type-options", "nosniff"});
    headers.push_back({"referrer-policy", "no-referrer"});
    headers.push_back({"etag", std::move(etag)});
    visit.account.succeeded(known ? 304 : 200);
    if (known) co_return co_await visit.responder.send(304, headers, {});
    headers.push_back({"content-type", std::string(asset.type)});
    if (zipped) headers.push_back({"content-encoding", "gzip"});
    co_return co_await visit.responder.send(200, headers, zipped ? asset.gzipped : asset.bytes);
}

}  // namespace sluice
