// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "task/task_id.hpp"

#include "base/files.hpp"
#include "freshet/text.hpp"

#include "freshet/json.hpp"
#include "support/skip.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>

namespace {

std::filesystem::path reference_folder() {
    const char* told = std::getenv("FRESHET_REFERENCE");
    return told ? std::filesystem::path(told) : std::filesystem::path(FRESHET_SOURCE_DIR) / "../shared/reference";
}

}  // namespace

TEST_CASE("a task without parameters has Luigi's id", "[identity]") {
    CHECK(freshet::task_id("Init", {}) == "Init__99914b932b");
}

TEST_CASE("the id has sixteen characters of each of the first three values by name", "[identity]") {
    CHECK(freshet::task_id("Many", {{"z", "-7"}, {"B", "upper"}, {"_u", "under"}, {"a", "first"}, {"a2", "second"}}) ==
          "Many_upper_under_first_4b0160f88d");
    CHECK(freshet::task_id("Bad", {{"x", "a-b.c d:e/f,g"}}) == "Bad_a_b_c_d_e_f_g_3096b1282b");
}

TEST_CASE("non-ASCII text is hashed in its escaped form", "[identity]") {
    CHECK(freshet::task_id("Uni", {{"a", "\u00e9\u2603/\"q\"\\ \n\t\u007f"}, {"b", "\U0001d11e\U0001f600</x>"}}) ==
          "Uni_____q___________x__cdc15c98b5");
}

TEST_CASE("ids equal those of recorded Luigi tasks", "[identity]") {
    const auto table = reference_folder() / "luigi_golden" / "task_ids.tsv";
    if (!std::filesystem::exists(table)) {
        freshet::test::skip("the recorded task ids (FRESHET_REFERENCE) are not here");
        return;
    }
    const auto lines = freshet::split(freshet::read_file(table), '\n');
    REQUIRE(lines.size() > 15);
    for (std::size_t i = 1; i < lines.size(); ++i) {
        if (lines[i].empty()) continue;
        const auto columns = freshet::split(lines[i], '\t');
        freshet::Values values;
        const auto parameters = freshet::Json::parse(columns[1]);
        for (const auto& [name, value] : parameters.as_object()) values[name] = value.as_string();
        CHECK(freshet::task_id(columns[0], values) == columns[2]);
    }
}
