// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/selection_words.hpp"

#include "support/temp_dir.hpp"
#include "tasks/cycle_paths.hpp"

#include "freshet/error.hpp"

#include <catch2/catch.hpp>

#include <fstream>

namespace {

std::string resolved(const std::string& variables) {
    freshet::Values values{{"variables", variables}};
    gfs::resolve_selection_file(values);
    return values.at("variables");
}

std::string dataset_of(const std::filesystem::path& file, const std::string& patterns) {
    std::ofstream(file) << patterns;
    return gfs::dataset_name("pgrb2.0p25", resolved(file.string()), "");
}

}  // namespace

TEST_CASE("a file of variables is what it holds, not its name", "[gfs]") {
    const freshet::test::TempDir folder;
    const auto wind = dataset_of(folder / "a", "UGRD:10 m above ground\nVGRD:10 m above ground\n");
    CHECK(wind.starts_with("gfs.0p25."));
    CHECK(wind == dataset_of(folder / "b", "# the same\nVGRD:10 m above ground\nUGRD:10 m above ground\n"));
    CHECK(wind != dataset_of(folder / "a", "UGRD:100 m above ground\n"));
}

TEST_CASE("selections with a name stay as they are, and others are refused at once", "[gfs]") {
    CHECK(resolved("portal") == "portal");
    CHECK(resolved("TMP:surface;RH:*") == "TMP:surface;RH:*");
    std::string many = "TMP:surface";
    while (many.size() < 300) many += ";UGRD:10 m above ground";
    CHECK(resolved(many) == many);  // longer than the name of any file
    CHECK_THROWS_AS(resolved("portals"), freshet::ParameterError);
    CHECK_THROWS_WITH(resolved("TMP:surface:sum"), Catch::Contains("'sum' is none of"));
}
