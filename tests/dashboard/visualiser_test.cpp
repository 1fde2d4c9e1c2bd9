// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/visualiser.hpp"
#include "api/test_client.hpp"
#include "base/config.hpp"
#include "base/files.hpp"
#include "freshet/digest.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::test;

namespace {

struct Visualiser {
    Visualiser() {
        std::filesystem::create_directories(folder / "js");
        write_file_atomically(folder / "index.html",
                              R"(<script src="js/a.js"></script><script type="text/template"><b></script>)"
                              "<script>start()</script>");
        write_file_atomically(folder / "js/a.js", "function start() {}");
        write_file_atomically(dir / "secret.txt", "secret");
        for (api::Route& route : dashboard::visualiser_routes(folder)) client.router.add(std::move(route));
    }

    TempDir dir;
    std::filesystem::path folder = dir / "visualiser";
    TestClient client{{.access = {.has_visualiser = true}}};
};

}  // namespace

TEST_CASE("the files of Luigi's page are served, each with its type, and no others", "[dashboard]") {
    Visualiser visualiser;
    const auto get = [&](const std::string& name) { return visualiser.client.get("/static/visualiser/" + name); };
    CHECK(get("index.html").file->path == visualiser.folder / "index.html");
    CHECK(get("js/a.js").header("Content-Type") == "text/javascript; charset=utf-8");
    for (const char* name : {"", "js", "js/", "js/b.js", "../secret.txt", "js/../../secret.txt", "..%2fsecret.txt"})
        CHECK(get(name).status == 404);
}

TEST_CASE("Luigi's page may execute its own scripts, and none that come with the text of a worker", "[dashboard]") {
    Visualiser visualiser;
    const auto page = visualiser.client.get("/static/visualiser/index.html");
    const std::string policy = *page.header("Content-Security-Policy");
    const std::string own = "sha256-" + base64(sha256_bytes("start()"));
    CHECK_THAT(policy, Catch::Contains("script-src 'self' '" + own + "';"));
    CHECK_THAT(policy, Catch::Contains("default-src 'none'") && Catch::Contains("frame-ancestors 'none'"));
}

TEST_CASE("a folder without Luigi's page is a configuration error", "[dashboard]") {
    const TempDir folder;
    CHECK_THROWS_AS(dashboard::visualiser_routes(folder.path()), ConfigError);
}
