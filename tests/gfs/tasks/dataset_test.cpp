// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/resolve_parameters.hpp"

#include "support/fake_clock.hpp"
#include "support/temp_dir.hpp"
#include "tasks/cycle_parameters.hpp"

#include "freshet/error.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using Catch::Contains;
using freshet::test::TempDir;

namespace {

gfs::CycleParameters alps(const TempDir& root, const char* area = "5,16,44,48") {
    return {.cycle = freshet::Codec<gfs::Cycle>::read("2026-08-21T06"),
            .area = freshet::Codec<gfs::Area>::read(area),
            .root = root.path(),
            .dataset = "alps"};
}

/// Resolves the parameters of a run of `alps`; `changes` replace values.
void resolve(const TempDir& root, const freshet::Values& changes) {
    freshet::Values values{{"cycle", "2026-08-21T06"}, {"product", "pgrb2.0p25"}, {"variables", "portal"},
                           {"area", "5,16,44,48"},     {"dataset", "alps"},       {"root", root.path().string()}};
    for (const auto& [name, value] : changes) values[name] = value;
    gfs::resolve_parameters("IngestCycle", values, freshet::test::FakeClock());
}

}  // namespace

TEST_CASE("a dataset keeps the selection that it began with", "[gfs]") {
    const TempDir root;
    CHECK(gfs::dataset_conflict(alps(root)).empty());
    gfs::claim_dataset(alps(root));
    CHECK_NOTHROW(gfs::claim_dataset(alps(root)));
    CHECK(gfs::dataset_conflict(alps(root)).empty());
    CHECK_THROWS_WITH(gfs::claim_dataset(alps(root, "-10,30,35,70")),
                      Contains("area '5,16,44,48'") && Contains("this has area '-10,30,35,70'; choose another name"));
    CHECK_NOTHROW(gfs::claim_dataset(alps(root)));
}

TEST_CASE("another product, area or selection is refused in a dataset before anything runs", "[gfs]") {
    const TempDir root;
    CHECK_NOTHROW(resolve(root, {{"product", "pgrb2.1p00"}}));  // the dataset is new
    gfs::claim_dataset(alps(root));
    CHECK_NOTHROW(resolve(root, {}));
    CHECK_NOTHROW(resolve(root, {{"cycle", "2026-08-21T12"}, {"leads", "0-6"}, {"checks", "refuse"}}));
    CHECK_NOTHROW(resolve(root, {{"dataset", ""}}));
    for (const auto& [name, value] : freshet::Values{{"product", "pgrb2.1p00"},
                                                     {"area", "-10,30,35,70"},
                                                     {"variables", "TMP:surface"},
                                                     {"levels", "surface"},
                                                     {"enhance", "False"}}) {
        INFO(name);
        CHECK_THROWS_AS(resolve(root, {{name, value}}), freshet::ParameterError);
    }
    CHECK_THROWS_WITH(resolve(root, {{"product", "pgrb2.1p00"}, {"area", ""}}),
                      "IngestCycle --dataset: 'alps' in '" + root.path().string() +
                          "' has product 'pgrb2.0p25', area '5,16,44,48', this has product 'pgrb2.1p00', no area; "
                          "choose another name for it");
}

TEST_CASE("a name that the default would be is no exception", "[gfs]") {
    const TempDir root;
    auto parameters = alps(root);
    parameters.dataset = "gfs.0p25";
    gfs::claim_dataset(parameters);
    CHECK_THROWS_WITH(resolve(root, {{"dataset", ""}, {"area", ""}}), Contains("'gfs.0p25'") && Contains("no area"));
}

TEST_CASE("a dataset without a record has the selection of its newest manifest", "[gfs]") {
    const TempDir root;
    const auto folder = root / "alps";
    std::filesystem::create_directories(folder / "2026-08-21T06/r1");
    std::filesystem::create_directory_symlink("2026-08-21T06/r1", folder / "latest");
    std::ofstream(folder / "latest/alps.2026-08-21T06.0.manifest.json")
        << R"({"dataset": "alps", "product": "pgrb2.0p25", "variables": "portal", "area": "5,16,44,48",)"
        << R"( "enhanced": true, "leads": "0"})";
    CHECK_NOTHROW(resolve(root, {}));
    CHECK_THROWS_WITH(resolve(root, {{"area", ""}}), Contains("area '5,16,44,48'"));
    CHECK_THROWS_AS(gfs::claim_dataset(alps(root, "0,10,40,50")), freshet::Error);
    CHECK_FALSE(std::filesystem::exists(folder / "selection.json"));
    gfs::claim_dataset(alps(root));
    CHECK(std::filesystem::exists(folder / "selection.json"));
}

TEST_CASE("a malformed value is left to the task that has it", "[gfs]") {
    const TempDir root;
    CHECK_NOTHROW(resolve(root, {{"area", "everywhere"}}));
}
