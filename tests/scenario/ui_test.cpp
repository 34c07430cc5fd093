#include "core/digest.hpp"
#include "support/calls.hpp"
#include "support/fake_upstream.hpp"
#include "support/test_gateway.hpp"

#include <gmock/gmock.h>

#include <regex>

namespace sluice::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto overview_path = "/ui/api/overview";

std::string bearer(std::string_view key)
{
    return concat("Authorization: Bearer ", key, "\r\n");
}

std::string overview(TestGateway& gateway, std::string_view key = "")
{
    return get(gateway.port(), overview_path, key.empty() ? "" : bearer(key)).body;
}

/// A body of chat whose secret must not show.
std::string secret_chat(std::string_view more = "")
{
    return concat(
        R"({"model":"auto","messages":[{"role":"user","content":"my secret prompt"}])", more, "}"
    );
}

/// Finished requests are counted when their account closes, which may be after the last byte.
std::string overview_of(TestGateway& gateway, int requests, std::string_view key = "")
{
    std::string body;
    eventually([&] {
        body = overview(gateway, key);
        return at(body, "/requests") == std::to_string(requests);
    });
    return body;
}

TEST(Overview, says_who_was_tried_and_what_happened)
{
    FakeUpstream main(status(503, R"({"error":{"message":"secret words of a provider"}})"));
    FakeUpstream spare(chat_answer("secret answer"));
    TestGateway gateway({{"main", main.url()}, {"spare", spare.url()}}, [](Config& config) {
        config.providers[0].retry.max_attempts = 1;
        auto& priced = config.providers[1].models.emplace_back();
        priced.id = "fake-model";
        priced.input_price = 1;
        priced.output_price = 2;
    });
    const auto answer =
        post(gateway.port(), "/v1/chat/completions", secret_chat(), "X-Request-Id: the-first\r\n");
    ASSERT_EQ(answer.status, 200);
    const auto body = overview_of(gateway, 1);

    EXPECT_EQ(at(body, "/errors"), "0");
    EXPECT_EQ(at(body, "/recent/0/id"), R"("the-first")");
    EXPECT_EQ(at(body, "/recent/0/surface"), R"("openai")");
    EXPECT_EQ(at(body, "/recent/0/provider"), R"("spare")");
    EXPECT_EQ(at(body, "/recent/0/outcome"), R"("ok")");
    EXPECT_EQ(at(body, "/recent/0/attempts/0/provider"), R"("main")");
    EXPECT_EQ(at(body, "/recent/0/attempts/0/outcome"), R"("upstream_overloaded")");
    EXPECT_EQ(at(body, "/recent/0/attempts/0/status"), "503");
    EXPECT_EQ(at(body, "/recent/0/attempts/1/outcome"), R"("ok")");
    EXPECT_EQ(at(body, "/recent/0/attempts/2"), "(none)");
    EXPECT_EQ(at(body, "/usage/0/provider"), R"("spare")");
    EXPECT_EQ(at(body, "/usage/0/requests"), "1");
    EXPECT_EQ(at(body, "/usage/0/tokens_in"), at(answer.body, "/usage/prompt_tokens"));
    EXPECT_NE(at(body, "/usage/0/cost_usd"), "null");
    EXPECT_EQ(at(body, "/routes/0/name"), R"("auto")");
    EXPECT_EQ(at(body, "/routes/0/targets/0/provider"), R"("main")");
    EXPECT_EQ(at(body, "/targets/0/last_error/code"), R"("upstream_overloaded")");
    EXPECT_EQ(at(body, "/targets/0/calls"), "1");
    EXPECT_EQ(at(body, "/targets/0/failures"), "1");
    EXPECT_EQ(at(body, "/targets/0/last_success"), "null");
    EXPECT_EQ(at(body, "/in_flight"), "0");

    EXPECT_THAT(body, Not(HasSubstr("secret"))) << "neither content nor a provider's words";
    EXPECT_THAT(body, Not(HasSubstr("sk-upstream"))) << "nor keys";
}

TEST(Overview, counts_streams_by_their_first_token_and_shows_those_that_run)
{
    FakeUpstream main(chat_stream({"one ", "two ", "three "}, 60ms));
    TestGateway gateway({{"main", main.url()}});
    RawClient client(gateway.port());
    client.send(request_text("POST", "/v1/chat/completions", secret_chat(R"(,"stream":true)")));
    client.read_head();
    auto body = overview(gateway);
    EXPECT_EQ(at(body, "/open_streams"), "1");
    EXPECT_EQ(at(body, "/in_flight"), "1");
    EXPECT_EQ(at(body, "/targets/0/in_flight"), "1");
    EXPECT_EQ(at(body, "/requests"), "0") << "it is not over";

    client.close();
    body = overview_of(gateway, 1);
    EXPECT_EQ(at(body, "/recent/0/stream"), "true");
    EXPECT_EQ(at(body, "/recent/0/outcome"), R"("cancelled")");
    EXPECT_NE(at(body, "/recent/0/first_token_ms"), "(none)");
    EXPECT_EQ(at(body, "/errors"), "0");
    EXPECT_EQ(at(body, "/open_streams"), "0");
}

TEST(Overview, has_the_last_minutes_in_slices)
{
    FakeUpstream main(chat_answer("yes"));
    TestGateway gateway({{"main", main.url()}});
    post(gateway.port(), "/v1/chat/completions", secret_chat());
    std::string body;
    // A slice shows when it is over.
    ASSERT_TRUE(
        eventually([&] { return at(body = overview(gateway), "/window/requests") == "1"; }, 5000ms)
    );
    EXPECT_EQ(at(body, "/window/errors"), "0");
    EXPECT_NE(at(body, "/window/duration_ms/p95"), "null");
    EXPECT_EQ(at(body, "/window/first_token_ms/p95"), "null");
    EXPECT_THAT(at(body, "/timeline/requests"), HasSubstr("1"));
    EXPECT_EQ(at(body, "/timeline/step_ms"), "2000");
}

TEST(Overview, shows_targets_that_nobody_named_once_they_are_called)
{
    FakeUpstream main(chat_answer("yes"));
    TestGateway gateway({{"main", main.url()}});
    EXPECT_THAT(overview(gateway), Not(HasSubstr(R"("model":"other")")));
    const auto made_up = R"({"model":"main/made-up","messages":[{"role":"user","content":"hi"}]})";
    ASSERT_EQ(post(gateway.port(), "/v1/chat/completions", made_up).status, 200);
    EXPECT_THAT(overview_of(gateway, 1), HasSubstr(R"("provider":"main","model":"other")"));
}

TEST(Overview, shows_an_open_breaker)
{
    FakeUpstream main(status(500));
    TestGateway gateway({{"main", main.url()}}, [](Config& config) {
        config.providers[0].retry.max_attempts = 1;
        config.providers[0].breaker.min_requests = 1;
        config.providers[0].breaker.open_time = 60s;
    });
    EXPECT_EQ(at(overview(gateway), "/targets/0/breaker"), R"("closed")");
    post(gateway.port(), "/v1/chat/completions", secret_chat());
    const auto body = overview_of(gateway, 1);
    EXPECT_EQ(at(body, "/targets/0/breaker"), R"("open")");
    EXPECT_EQ(at(body, "/errors"), "1");
    EXPECT_GT(std::stoi(at(body, "/targets/0/retry_after_ms")), 30'000);
}

TEST(Overview, shows_a_tenant_its_own_requests_and_an_operator_all)
{
    FakeUpstream main(chat_answer("yes"));
    TestGateway gateway({{"main", main.url()}}, [](Config& config) {
        const auto key = [](const char* name, const char* tenant, bool is_operator) {
            GatewayKeyConfig made;
            made.name = name;
            made.sha256 = sha256_hex(concat("sk-", name));
            made.tenant = tenant;
            made.is_operator = is_operator;
            return made;
        };
        config.auth.keys = {
            key("ann", "acme", false), key("bob", "bolt", false), key("olga", "staff", true)
        };
    });
    for (const auto* key : {"sk-ann", "sk-bob", "sk-bob"})
        ASSERT_EQ(
            post(gateway.port(), "/v1/chat/completions", secret_chat(), bearer(key)).status, 200
        );
    EXPECT_EQ(
        post(gateway.port(), "/v1/chat/completions", secret_chat(), bearer("sk-wrong")).status, 401
    ) << "strangers push nothing off the page";

    for (const auto& [key, seen] : {std::pair("sk-ann", 1), {"sk-bob", 2}, {"sk-olga", 3}}) {
        const auto body = overview_of(gateway, 3, key);
        EXPECT_EQ(at(body, "/requests"), "3") << "the totals are everybody's";
        const auto last = concat("/recent/", std::to_string(seen - 1), "/id");
        EXPECT_NE(at(body, last), "(none)") << key;
        EXPECT_EQ(at(body, concat("/recent/", std::to_string(seen))), "(none)") << key;
        EXPECT_EQ(at(body, "/usage/0/requests"), std::to_string(seen)) << key;
    }
    EXPECT_EQ(at(overview(gateway, "sk-ann"), "/sees_all"), "false");
    EXPECT_THAT(overview(gateway, "sk-ann"), Not(HasSubstr("bolt")));
    EXPECT_EQ(at(overview(gateway, "sk-olga"), "/sees_all"), "true");
    EXPECT_THAT(overview(gateway, "sk-olga"), HasSubstr("bolt"));

    EXPECT_EQ(get(gateway.port(), overview_path).status, 401);
    EXPECT_EQ(get(gateway.port(), overview_path, bearer("sk-wrong")).status, 401);
    EXPECT_EQ(get(gateway.port(), "/ui/").status, 200) << "the page itself holds no data";
}

/// The page and the files it names.
class Page : public testing::Test {
protected:
    TestGateway gateway{{{"main", "http://127.0.0.1:1/v1"}}};

    RawResponse fetch(std::string_view path, std::string_view headers = "")
    {
        return get(gateway.port(), path, headers);
    }
    std::string script()
    {
        std::smatch found;
        const auto page = fetch("/ui/").body;
        EXPECT_TRUE(std::regex_search(page, found, std::regex(R"(assets/app-\w{8}\.js)")));
        return concat("/ui/", found.str());
    }
};

TEST_F(Page, is_served_under_a_strict_policy)
{
    const auto page = fetch("/ui/");
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.header("content-type"), "text/html; charset=utf-8");
    EXPECT_EQ(page.header("cache-control"), "no-cache");
    EXPECT_EQ(
        page.header("content-security-policy"),
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    );
    EXPECT_EQ(page.header("x-content-type-options"), "nosniff");
    EXPECT_EQ(page.header("referrer-policy"), "no-referrer");
    EXPECT_THAT(page.body, Not(HasSubstr("<style")));
    EXPECT_THAT(page.body, Not(HasSubstr("http://")));
    EXPECT_THAT(page.body, Not(HasSubstr("https://")));
}

TEST_F(Page, has_files_that_may_be_kept_for_ever)
{
    const auto file = fetch(script());
    EXPECT_EQ(file.status, 200);
    EXPECT_EQ(file.header("content-type"), "text/javascript; charset=utf-8");
    EXPECT_THAT(std::string(file.header("cache-control")), HasSubstr("immutable"));
    EXPECT_THAT(
        std::string(fetch("/ui/assets/favicon.svg").header("cache-control")),
        Not(HasSubstr("immutable"))
    );
    EXPECT_THAT(fetch("/ui/assets/THIRD_PARTY.txt").body, HasSubstr("MIT"));
}

TEST_F(Page, is_compressed_where_the_browser_takes_it)
{
    const auto plain = fetch(script());
    const auto zipped = fetch(script(), "Accept-Encoding: deflate, gzip, br\r\n");
    EXPECT_EQ(plain.header("content-encoding"), "");
    EXPECT_EQ(zipped.header("content-encoding"), "gzip");
    EXPECT_EQ(zipped.header("vary"), "accept-encoding");
    EXPECT_LT(zipped.body.size(), plain.body.size() / 2);
    EXPECT_EQ(zipped.body.substr(0, 2), "\x1f\x8b");
    EXPECT_NE(zipped.header("etag"), plain.header("etag"));
    EXPECT_EQ(fetch(script(), "Accept-Encoding: gzip;q=0\r\n").header("content-encoding"), "");
}

TEST_F(Page, is_not_sent_again_to_who_has_it)
{
    for (const std::string accept : {"", "Accept-Encoding: gzip\r\n"}) {
        const auto first = fetch("/ui/", accept);
        const std::string etag(first.header("etag"));
        EXPECT_TRUE(etag.starts_with('"')) << "strong";
        const auto again = fetch("/ui/", concat(accept, "If-None-Match: \"x\", ", etag, "\r\n"));
        EXPECT_EQ(again.status, 304);
        EXPECT_EQ(again.body, "");
        EXPECT_EQ(again.header("etag"), etag);
        EXPECT_EQ(fetch("/ui/", concat(accept, "If-None-Match: \"x\"\r\n")).status, 200);
    }
}

TEST_F(Page, answers_head_without_a_body)
{
    const auto head = call(gateway.port(), "HEAD", "/ui/");
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.body, "");
    EXPECT_EQ(head.header("content-length"), std::to_string(fetch("/ui/").body.size()));
}

TEST_F(Page, is_where_the_root_leads)
{
    for (const auto* path : {"/", "/ui"}) {
        const auto answer = fetch(path);
        EXPECT_EQ(answer.status, 307) << path;
        EXPECT_EQ(answer.header("location"), "ui/") << path;
    }
}

TEST_F(Page, has_no_other_files)
{
    for (const auto* path :
         {"/ui/assets/",
          "/ui/assets/nothing.js",
          "/ui/assets/index.html.gz",
          "/ui/index.html",
          "/ui/assets/../index.html"})
        EXPECT_EQ(fetch(path).status, 404) << path;
    EXPECT_EQ(call(gateway.port(), "POST", "/ui/", "{}").status, 405);
}

}  // namespace
}  // namespace sluice::test
