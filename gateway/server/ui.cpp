#include "server/assets.hpp"
#include "server/endpoints.hpp"
#include "server/send_asset.hpp"

namespace sluice {

namespace {

/// Nothing but what this origin serves; no script or style within the page, no frame around it. Its
/// forms are the script's.
constexpr auto content_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

Task<Result<void>> send_file(Visit& visit, std::string_view name)
{
    if (const auto* asset = find_asset(name))
        co_return co_await send_asset(visit, *asset, content_policy);
    co_return fail(ErrorKind::not_found, concat("nothing is served at ", visit.request.path));
}

}  // namespace

Task<Result<void>> ui_page(Visit& visit)
{
    co_return co_await send_file(visit, "index.html");
}

Task<Result<void>> ui_asset(Visit& visit)
{
    co_return co_await send_file(visit, visit.parameter);
}

/// Relative, so that it also leads there behind a proxy that serves us below a path.
Task<Result<void>> to_ui(Visit& visit)
{
    visit.account.succeeded(307);
    visit.headers.push_back({"location", "ui/"});
    co_return co_await visit.responder.send(307, visit.headers, {});
}

}  // namespace sluice
