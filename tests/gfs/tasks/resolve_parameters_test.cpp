// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/resolve_parameters.hpp"

#include "support/fake_clock.hpp"
#include "support/temp_dir.hpp"
#include "tasks/cycle_paths.hpp"

#include "freshet/error.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <string>

using namespace std::chrono_literals;

namespace {

/// Resolves a cycle at the given time after 2026-08-21T06:00Z.
std::string resolved(const char* word, std::chrono::minutes later) {
    freshet::test::FakeClock clock;
    clock.advance(later);
    freshet::Values values{{"cycle", word}};
    gfs::resolve_cycle_alias("IngestCycle", values, clock);
    return values.at("cycle");
}

/// Returns the error for a value; empty when it is valid.
std::string error_for(const std::string& parameter, const std::string& value) {
    freshet::Values values{{"product", "pgrb2.1p00"}};
    values[parameter] = value;
    try {
        gfs::validate_parameters("IngestCycle", values);
    } catch (const freshet::ParameterError& error) {
        return error.what();
    }
    return {};
}

std::string resolved_selection(const std::string& variables) {
    freshet::Values values{{"variables", variables}};
    gfs::resolve_selection_file(values);
    return values.at("variables");
}

std::string dataset_of(const std::filesystem::path& file, const std::string& patterns) {
    std::ofstream(file) << patterns;
    return gfs::dataset_name("pgrb2.0p25", resolved_selection(file.string()), "");
}

}  // namespace

TEST_CASE("the latest cycle is the newest whose first files are usually published", "[gfs]") {
    CHECK(resolved("latest", 0min) == "2026-08-21T00");
    CHECK(resolved("latest", 3h + 19min) == "2026-08-21T00");
    CHECK(resolved("latest", 3h + 20min) == "2026-08-21T06");
    CHECK(resolved("latest", 24h) == "2026-08-22T00");
}

TEST_CASE("the previous cycle is the one before the latest, also across midnight", "[gfs]") {
    CHECK(resolved("previous", 0min) == "2026-08-20T18");
}

TEST_CASE("a cycle given as an analysis time is unchanged", "[gfs]") {
    CHECK(resolved("2022-03-15T18", 0min) == "2022-03-15T18");
}

TEST_CASE("values of a family without a cycle are unchanged", "[gfs]") {
    freshet::Values values{{"lead", "latest"}};
    gfs::resolve_cycle_alias("Other", values, freshet::test::FakeClock());
    CHECK(values.at("lead") == "latest");
}

TEST_CASE("tasks on several cycles start from the latest by default", "[gfs]") {
    freshet::Values values{{"since", "2026-08-20T00"}};
    gfs::resolve_cycle_alias("Contiguous", values, freshet::test::FakeClock());
    CHECK(values.at("cycle") == "2026-08-21T00");
}

TEST_CASE("the first cycle may be given as a time before the newest", "[gfs]") {
    const auto since = [](const char* text) {
        freshet::Values values{{"since", text}, {"cycle", "2026-08-21T06"}};
        gfs::resolve_cycle_alias("Contiguous", values, freshet::test::FakeClock());
        return values.at("since");
    };
    CHECK(since("3 days") == "2026-08-18T06");
    CHECK(since("1d") == "2026-08-20T06");
    CHECK(since("13h") == "2026-08-20T18");
    CHECK(since("1 h") == "2026-08-21T06");
    CHECK(since("2026-08-20T00") == "2026-08-20T00");
    CHECK(since("3") == "3");  // rejected by validate_parameters()
    CHECK(since("yesterday") == "yesterday");
}

TEST_CASE("the default of --asked is now, in milliseconds", "[gfs]") {
    freshet::Values values{{"asked", ""}};
    freshet::test::FakeClock clock;
    clock.advance(250ms);
    gfs::resolve_cycle_alias("Watch", values, clock);
    CHECK(values.at("asked") == "2026-08-21T06:00:00.250Z");
}

TEST_CASE("a file of variables is identified by its content, not its name", "[gfs]") {
    const freshet::test::TempDir folder;
    const auto wind = dataset_of(folder / "a", "UGRD:10 m above ground\nVGRD:10 m above ground\n");
    CHECK(wind.starts_with("gfs.0p25."));
    CHECK(wind == dataset_of(folder / "b", "# the same\nVGRD:10 m above ground\nUGRD:10 m above ground\n"));
    CHECK(wind != dataset_of(folder / "a", "UGRD:100 m above ground\n"));
}

TEST_CASE("named selections and patterns are unchanged, others are rejected", "[gfs]") {
    CHECK(resolved_selection("portal") == "portal");
    CHECK(resolved_selection("TMP:surface;RH:*") == "TMP:surface;RH:*");
    std::string many = "TMP:surface";
    while (many.size() < 300) many += ";UGRD:10 m above ground";
    CHECK(resolved_selection(many) == many);  // longer than a file name can be
    CHECK_THROWS_AS(resolved_selection("portals"), freshet::ParameterError);
    CHECK_THROWS_WITH(resolved_selection("TMP:surface:sum"), Catch::Contains("'sum' is not a statistic"));
}

TEST_CASE("a cycle that GFS does not have is rejected", "[gfs]") {
    CHECK(error_for("cycle", "2026-08-21T07") ==
          "IngestCycle --cycle: '2026-08-21T07' is not a cycle of GFS: cycles start at 00, 06, 12 and 18 UTC");
    CHECK(
        error_for("since", "2026-08-21T05").starts_with("IngestCycle --since: '2026-08-21T05' is not a cycle of GFS"));
    CHECK(error_for("cycle", "2026-08-21T18").empty());
    CHECK(error_for("cycle", "latest").empty());
}

TEST_CASE("products and leads that do not exist are rejected", "[gfs]") {
    CHECK(
        error_for("product", "pgrb2.0p33").starts_with("IngestCycle --product: 'pgrb2.0p33' is not a product of GFS"));
    CHECK(error_for("lead", "6").empty());
    CHECK_THAT(error_for("lead", "7"), Catch::StartsWith("IngestCycle --lead: ") && Catch::Contains("7"));
    CHECK(error_for("leads", "0-400").empty());
    CHECK_THAT(error_for("leads", "0,7"), Catch::StartsWith("IngestCycle --leads: ") && Catch::Contains("7"));
}

TEST_CASE("the latest cycle of a product that is published later is an older one", "[gfs]") {
    freshet::test::FakeClock clock;
    clock.advance(4h);
    const auto latest = [&clock](const char* product) {
        freshet::Values values{{"cycle", "latest"}, {"product", product}};
        gfs::resolve_cycle_alias("IngestCycle", values, clock);
        return values.at("cycle");
    };
    CHECK(latest("pgrb2.0p25") == "2026-08-21T06");
    CHECK(latest("gdas.pgrb2.0p25") == "2026-08-21T00");
}

TEST_CASE("a product of an ensemble wants a member, and others take none", "[gfs]") {
    const auto error = [](const char* product, const char* member) {
        freshet::Values values{{"product", product}, {"member", member}};
        try {
            gfs::validate_parameters("IngestCycle", values);
        } catch (const freshet::ParameterError& refused) {
            return std::string(refused.what());
        }
        return std::string();
    };
    CHECK(error("gefs.pgrb2a.0p50", "p01").empty());
    CHECK(error("gefs.pgrb2a.0p50", "") ==
          "IngestCycle --member: 'gefs.pgrb2a.0p50' is an ensemble: choose c00, p01 to p30, avg or spr");
    CHECK(error("pgrb2.0p25", "p01") == "IngestCycle --member: 'pgrb2.0p25' is one forecast and has no member 'p01'");
    CHECK(error("pgrb2.0p25", "").empty());
    CHECK_THAT(error("gefs.pgrb2a.0p50", "p31"), Catch::StartsWith("IngestCycle --member: 'p31' is not a member"));
}

TEST_CASE("an unknown mirror is rejected", "[gfs]") {
    CHECK(error_for("source", "awss").starts_with("IngestCycle --source: 'awss' is not a mirror"));
    CHECK(error_for("source", "ftp://example.org/gfs")
              .starts_with("IngestCycle --source: 'ftp://example.org/gfs' is not a mirror"));
    CHECK(error_for("source", "") == "IngestCycle --source: '' names no mirror");
    CHECK(error_for("source", "aws,http://127.0.0.1:8080/,/data/mirror").empty());
}

TEST_CASE("a dataset name that cannot be a folder name is rejected", "[gfs]") {
    CHECK(error_for("dataset", "").empty());
    CHECK(error_for("dataset", "alps-wind.0p25").empty());
    for (const char* name : {"a/b", "..", ".hidden", "two words"})
        CHECK_THAT(error_for("dataset", name), Catch::StartsWith("IngestCycle --dataset: '"));
}

TEST_CASE("a public URL has a scheme and a host", "[gfs]") {
    for (const char* url : {"", "https://data.example.org/gfs", "s3://bucket"})
        CHECK(error_for("public_url", url).empty());
    for (const char* text : {"data.example.org", "/data/gfs", "://data", "https://"})
        CHECK_THAT(error_for("public_url", text), Catch::StartsWith("IngestCycle --public-url: '"));
}

TEST_CASE("revisions count from 1 and kept cycles from 0", "[gfs]") {
    CHECK(error_for("revision", "0") == "IngestCycle --revision: '0' is less than 1");
    CHECK(error_for("keep_cycles", "-1") == "IngestCycle --keep-cycles: '-1' is less than 0");
    CHECK(error_for("keep_cycles", "0").empty());
}
