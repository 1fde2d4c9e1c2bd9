// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/cache_files.hpp"

#include "support/temp_dir.hpp"

#include "freshet/error.hpp"
#include "freshet/file.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <thread>
#include <vector>

using freshet::test::TempDir;
using gfs::LockedFile;

TEST_CASE("a locked file is created with its folder and keeps what update makes of it", "[gfs]") {
    const TempDir folder;
    const LockedFile file(folder / "new" / "file");
    file.update([](std::string& content) {
        CHECK(content.empty());
        content = "a long content";
    });
    file.update([](std::string& content) { content = "short"; });
    CHECK(freshet::read_file(folder / "new" / "file") == "short");
}

TEST_CASE("updates of a locked file exclude each other", "[gfs]") {
    const TempDir folder;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&] {
                for (int j = 0; j < 25; ++j) LockedFile(folder / "f").update([](std::string& text) { text += 'x'; });
            });
        }
    }
    CHECK(freshet::read_file(folder / "f").size() == 8 * 25);
}

TEST_CASE("a torn JSON file is updated as an empty object", "[gfs]") {
    const TempDir folder;
    std::ofstream(folder / "f") << R"({"a": )";
    const LockedFile file(folder / "f");
    file.update_json([](freshet::Json& object) {
        CHECK(object == freshet::Json::object());
        object["b"] = 1;
    });
    CHECK(freshet::Json::parse(freshet::read_file(folder / "f")).at("b").as_integer() == 1);
}

TEST_CASE("the error of a locked file that cannot be opened names it", "[gfs]") {
    const TempDir folder;
    std::ofstream(folder / "file") << "in place of a folder";
    CHECK_THROWS_WITH(LockedFile(folder / "file" / "f").update([](std::string&) {}),
                      Catch::Contains((folder / "file" / "f").string()));
}
