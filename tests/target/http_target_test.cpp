// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/http_target.hpp"

#include "freshet/error.hpp"
#include "freshet/file.hpp"
#include "freshet/registry.hpp"
#include "net/loopback.hpp"
#include "support/temp_dir.hpp"
#include "target/lineage.hpp"
#include "target/target_paths.hpp"
#include "target/verify.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using test::Loopback;
using test::message_of;
using test::TempDir;

static_assert(HeadTarget<HttpTarget> && !ReceiptTarget<HttpTarget>);

namespace {

using Validator = std::pair<std::string, std::string>;

/// A server of one page, "/page".
struct PageServer {
    http::Response answer(const http::Request& request) {
        const std::lock_guard lock{mutex};
        asked.push_back(request.method + " " + request.url);
        if (status != 200) return {.status = status, .headers = {{"Retry-After", "7"}}};
        if (request.url == "/moved") return {.status = 302, .headers = {{"Location", "/page"}}};
        if (request.url != "/page") return {.status = 404};
        if (http::find_header(request.headers, "Authorization") != authorization) return {.status = 401};
        return {.headers = {validator}, .body = content};
    }
    HttpTarget target(const std::string& path = "/page") const { return HttpTarget(loopback.url(path)); }

    int status = 200;
    std::string content = "content";
    Validator validator{"ETag", "\"1\""};
    std::optional<std::string> authorization{};
    std::mutex mutex{};
    std::vector<std::string> asked{};
    Loopback loopback{[this](const http::Request& request) { return answer(request); }};
};

struct Page {
    std::string url{};
    static constexpr TaskKind kind = TaskKind::external;
    static constexpr Parameter parameters[] = {param<&Page::url>("of it")};
    HttpTarget output() const { return HttpTarget(url); }
};

struct Copy {
    std::string url{};
    std::filesystem::path file{};
    static constexpr Parameter parameters[] = {param<&Copy::url>("of the page"), param<&Copy::file>("of the copy")};
    Page requirements() const { return {.url = url}; }
    LocalTarget output() const { return LocalTarget(file); }
    void run() const {
        output().create([&](const std::filesystem::path& copy) { requirements().output().download(copy); });
    }
};

/// What an attempt at the copy makes.
void make(const Copy& copy) {
    const target::Provenance provenance{
        .family = "Copy", .task_id = AnyTask(copy).id(), .inputs = target::lineage_of({copy.requirements()})};
    copy.run();
    write_file_atomically(target::receipt_path(copy.file),
                          target::to_json(target::Receipt{target::content_of(copy.file), provenance}).text());
}

FailureClass failure_class_of(const auto& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.failure_class();
    }
    throw std::logic_error("nothing was thrown");
}

}  // namespace

TEST_CASE("a page exists if the server says so to HEAD, and does not after 404 and 410", "[target]") {
    PageServer server;
    CHECK(server.target().exists());
    CHECK(server.target("/moved").exists());
    CHECK_FALSE(server.target("/other").exists());
    server.status = 410;
    CHECK_FALSE(server.target().exists());
    CHECK(server.asked ==
          std::vector<std::string>{"HEAD /page", "HEAD /moved", "HEAD /page", "HEAD /other", "HEAD /page"});
}

TEST_CASE("what is neither there nor absent is an error, and a transient one if it may go away", "[target]") {
    PageServer server;
    const HttpTarget page = server.target();
    const auto [status, failure_class] = GENERATE(table<int, FailureClass>({{403, FailureClass::permanent},
                                                                            {408, FailureClass::transient},
                                                                            {429, FailureClass::throttled},
                                                                            {500, FailureClass::transient},
                                                                            {503, FailureClass::throttled}}));
    server.status = status;
    const TempDir folder;
    CHECK(failure_class_of([&] { page.exists(); }) == failure_class);
    CHECK(failure_class_of([&] { page.read(); }) == failure_class);
    CHECK(failure_class_of([&] { page.download(folder / "page"); }) == failure_class);
    CHECK(std::filesystem::is_empty(folder.path()));
    CHECK(message_of<Error>([&] { page.exists(); }) ==
          fmt::format("look for '{}': the server answered {}", page.address(), status));
}

TEST_CASE("a server that is not there is a transient error", "[target]") {
    const HttpTarget page = PageServer().target();
    CHECK(failure_class_of([&] { page.exists(); }) == FailureClass::transient);
}

TEST_CASE("the content of a page is read or put into a file", "[target]") {
    PageServer server;
    server.authorization = "Bearer secret";
    const HttpTarget page(server.loopback.url("/page"), {{"Authorization", "Bearer secret"}});
    const TempDir folder;
    CHECK(page.read() == "content");
    page.download(folder / "page");
    CHECK(read_file(folder / "page") == "content");
    CHECK_THAT(message_of<Error>([&] { server.target("/other").read(); }), Catch::EndsWith("': it does not exist"));
}

TEST_CASE("an address has no secrets, and differs from those of other queries", "[target]") {
    const auto address = [](const std::string& url) { return HttpTarget(url).address(); };
    CHECK(address("https://user:word@host/a#part") == "https://host/a");
    CHECK_THAT(address("https://host/a?token=secret"),
               Catch::StartsWith("https://host/a?") && !Catch::Contains("secret"));
    CHECK(address("https://host/a?b=1") != address("https://host/a?b=2"));
    CHECK_THAT(message_of<ParameterError>([&] { address("ftp://host/a"); }),
               Catch::EndsWith("'ftp://host/a' is not like https://host/path"));
}

TEST_CASE("what is made from a page has its size and validator in its receipt", "[target]") {
    PageServer server;
    server.validator =
        GENERATE(Validator("ETag", "\"1\""), Validator("Last-Modified", "Mon, 01 Jun 2026 12:00:00 GMT"));
    const TempDir folder;
    const Copy copy{server.loopback.url("/page"), folder / "copy"};
    make(copy);
    CHECK(target::read_receipt(copy.file)->provenance.inputs.at(0).content ==
          Content{.size = 7, .validator = server.validator.first + " " + server.validator.second});
}

TEST_CASE("verify names a page that is another one than that from which something was made", "[target]") {
    PageServer server;
    const TempDir folder;
    const Copy copy{server.loopback.url("/page"), folder / "copy"};
    const auto verify = [&] { return target::verify({copy, copy.requirements()}, Registry::of<Copy, Page>()); };
    CHECK(target::verify({copy.requirements()}, Registry::of<Page>()).findings.at(0).kind ==
          target::Finding::Kind::unchecked);
    make(copy);
    CHECK(verify().findings.empty());
    server.validator.second = "\"2\"";
    REQUIRE(verify().findings.size() == 1);
    CHECK(verify().findings[0].kind == target::Finding::Kind::stale);
    CHECK_THAT(verify().findings[0].text,
               Catch::EndsWith("which has changed since: it had ETag \"1\" and has ETag \"2\""));
    server.content += " and more";
    CHECK_THAT(verify().findings.at(0).text, Catch::EndsWith("it had 7 bytes and has 16"));
    server.status = 404;
    CHECK(verify().findings.empty());
}
