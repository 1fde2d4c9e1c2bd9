// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/command.hpp"

#include <catch2/catch.hpp>

#include <sstream>

namespace {

using Args = std::vector<std::string>;

struct Result {
    int code;
    std::string out;
    std::string err;
};

Result run(const Args& args) {
    std::ostringstream out, err;
    const int code = gfs::simulator::run_command(args, out, err);
    return {code, out.str(), err.str()};
}

/// The one sentence that a line which cannot be understood is answered with.
std::string error_of(const Args& args) {
    const auto result = run(args);
    CHECK(result.code == 64);
    CHECK(result.out.empty());
    return result.err;
}

}  // namespace

TEST_CASE("a usage error is one sentence and exit code 64", "[gfs]") {
    CHECK(error_of({"add", "root", "file", "--cycle", "2022-13-15T18", "--lead", "6"}) ==
          "gfs-simulator add: --cycle: '2022-13-15T18' is not a full hour like 2026-11-21T06\n");
    CHECK(error_of({"add", "root", "file", "--lead", "6"}) == "gfs-simulator add: option '--cycle' is required\n");
    CHECK(error_of({"add", "root", "file", "--cycle", "2022-03-15T18", "--lead", "7", "--product", "pgrb2.1p00"}) ==
          "gfs-simulator add: --lead: 'pgrb2.1p00' has no lead 7\n");
    CHECK(error_of({"add", "root", "file", "--lead"}) == "gfs-simulator add: option '--lead' needs a value\n");
    CHECK(error_of({"add", "root", "--lead", "6"}) == "gfs-simulator add: expected FOLDER and FILE, got 1: 'root'\n");
    CHECK(error_of({"serve", "root", "--prot", "1"}) ==
          "gfs-simulator serve: unknown option '--prot'; options: --port, --address, --port-file, "
          "--count-file, --faults, --appear\n");
    CHECK(error_of({"serve", "/nonexistent"}) == "gfs-simulator serve: '/nonexistent' is not a folder\n");
    CHECK(error_of({"walk"}).starts_with("gfs-simulator: unknown command 'walk'; commands:\n"));
    CHECK(error_of({}).starts_with("gfs-simulator: no command given; "));
}

TEST_CASE("a missing file is reported with the system's reason", "[gfs]") {
    const auto result = run({"add", "root", "/nonexistent", "--cycle", "2022-03-15T18", "--lead", "6"});
    CHECK(result.code == 1);
    CHECK(result.err == "gfs-simulator add: open '/nonexistent': No such file or directory\n");
}

TEST_CASE("help goes to the output", "[gfs]") {
    for (const auto& args : {Args{"--help"}, Args{"make", "--help"}, Args{"serve", "root", "--help"}}) {
        const auto result = run(args);
        CHECK(result.code == 0);
        CHECK(result.out.starts_with("gfs-simulator serve FOLDER"));
    }
}
