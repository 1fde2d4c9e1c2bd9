// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cli/slurm_config.hpp"

#include "freshet/file.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace freshet;

namespace {

/// The options of a configuration file with this section [slurm].
SlurmOptions read(const std::string& section, SlurmOptions options = {}) {
    const test::TempDir dir;
    write_file_atomically(dir / "a.toml", "[slurm]\n" + section);
    return cli::read_slurm(Config::load({.program = "", .config_file = dir / "a.toml"}), std::move(options));
}

}  // namespace

TEST_CASE("the section slurm names the folder, the partition, the account and further arguments", "[slurm_config]") {
    const SlurmOptions options =
        read("folder = '/shared'\npartition = 'batch'\naccount = 'weather'\narguments = ['--qos=low', '--nice=5']\n");
    CHECK(options.folder == "/shared");
    CHECK(options.partition == "batch");
    CHECK(options.account == "weather");
    CHECK(options.arguments == std::vector<std::string>{"--qos=low", "--nice=5"});
    CHECK(options.queue_interval == SlurmOptions{}.queue_interval);
}

TEST_CASE("the intervals of the section slurm are in seconds", "[slurm_config]") {
    CHECK(read("folder-interval = 0.25\n").folder_interval == std::chrono::milliseconds(250));
    CHECK(read("queue-interval = 60\n").queue_interval == std::chrono::minutes(1));
    CHECK_THROWS_WITH(read("queue-interval = 0\n"),
                      Catch::Contains("a.toml:2: [slurm] queue-interval: '0' is not between 0.01 and 3600 seconds"));
}

TEST_CASE("options of a build() win over the section slurm", "[slurm_config]") {
    const SlurmOptions options = read("partition = 'batch'\naccount = 'weather'\n", {.partition = "fast"});
    CHECK(options.partition == "fast");
    CHECK(options.account == "weather");
}
