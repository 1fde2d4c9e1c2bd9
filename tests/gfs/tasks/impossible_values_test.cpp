// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/impossible_values.hpp"

#include "freshet/error.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace {

/// Why a value is refused; empty when it is not.
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

}  // namespace

TEST_CASE("a cycle that GFS does not compute is refused before anything is asked of upstream", "[gfs]") {
    CHECK(error_for("cycle", "2026-08-21T07") ==
          "IngestCycle --cycle: GFS has no cycle '2026-08-21T07': it starts at 00, 06, 12 and 18 UTC");
    CHECK(error_for("since", "2026-08-21T05").starts_with("IngestCycle --since: GFS has no cycle"));
    CHECK(error_for("cycle", "2026-08-21T18").empty());
    CHECK(error_for("cycle", "latest").empty());
}

TEST_CASE("products and leads that do not exist are refused", "[gfs]") {
    CHECK(
        error_for("product", "pgrb2.0p33").starts_with("IngestCycle --product: 'pgrb2.0p33' is not a product of GFS"));
    CHECK(error_for("lead", "6").empty());
    CHECK_THAT(error_for("lead", "7"), Catch::StartsWith("IngestCycle --lead: ") && Catch::Contains("7"));
    CHECK(error_for("leads", "0-400").empty());
    CHECK_THAT(error_for("leads", "0,7"), Catch::StartsWith("IngestCycle --leads: ") && Catch::Contains("7"));
}

TEST_CASE("a source that is none is refused", "[gfs]") {
    CHECK(error_for("source", "awss").starts_with("IngestCycle --source: 'awss' is no source"));
    CHECK(error_for("source", "ftp://example.org/gfs")
              .starts_with("IngestCycle --source: 'ftp://example.org/gfs' is no source"));
    CHECK(error_for("source", "") == "IngestCycle --source: '' names no source");
    CHECK(error_for("source", "aws,http://127.0.0.1:8080/,/data/mirror").empty());
}

TEST_CASE("a dataset whose name cannot be a folder's is refused", "[gfs]") {
    CHECK(error_for("dataset", "").empty());
    CHECK(error_for("dataset", "alps-wind.0p25").empty());
    for (const char* name : {"a/b", "..", ".hidden", "two words"})
        CHECK_THAT(error_for("dataset", name), Catch::StartsWith("IngestCycle --dataset: '"));
}

TEST_CASE("revisions count from 1 and kept cycles from 0", "[gfs]") {
    CHECK(error_for("revision", "0") == "IngestCycle --revision: '0' is less than 1");
    CHECK(error_for("keep_cycles", "-1") == "IngestCycle --keep-cycles: '-1' is less than 0");
    CHECK(error_for("keep_cycles", "0").empty());
}
