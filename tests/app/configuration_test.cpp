// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "app/configuration.hpp"
#include "app/daemon_options.hpp"
#include "base/files.hpp"
#include "run/configuration_error.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace std::chrono_literals;
using app::Configuration;
using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;
using run::ConfigurationError;
using scheduler::Seconds;

namespace {

struct Start {
    test::TempDir dir;
    Environment environment{{"HOME", "/home/ada"}};

    std::string file(const std::string& name, const std::string& text) const {
        write_file_atomically(dir / name, text);
        return (dir / name).string();
    }
    Configuration load(const std::vector<std::string>& words = {}) const {
        return app::load_configuration(app::parse_arguments(app::daemon_options(), words),
                                       {.environment = environment, .system_folder = dir / "etc"});
    }
    Configuration load_text(const std::string& toml) const { return load({"--config", file("given.toml", toml)}); }
};

}  // namespace

TEST_CASE_METHOD(Start, "without any configuration Luigi's defaults hold, on loopback", "[app]") {
    const auto configuration = load();
    CHECK(configuration.server.address == "127.0.0.1");
    CHECK(configuration.server.port == 8082);
    CHECK(configuration.scheduler.retry_delay == Seconds(900));
    CHECK(configuration.scheduler.resources.empty());
    CHECK(configuration.state_path == "/home/ada/.local/state/freshet/freshetd.sqlite");
    CHECK(configuration.sinks.empty());
}

TEST_CASE_METHOD(Start, "every section of a file counts", "[app]") {
    const auto configuration = load_text(
        "[scheduler]\nretry_delay = 60\nstate_path = \"/data/state\"\n[resources]\n\"db.main\" = 4\nnet = 0\nserver = "
        "\"120/minute\"\n"
        "[server]\nport = 9000\nhosts = \"a, B\"\n[cors]\nenabled = true\nallowed_origins = [\"https://a\"]\n"
        "[[sink]]\ntype = \"file\"\npath = \"/data/events.jsonl\"\n");
    CHECK(configuration.scheduler.retry_delay == Seconds(60));
    CHECK(configuration.state_path == "/data/state");
    CHECK(configuration.scheduler.resources == wire::Resources{{"db.main", 4}, {"net", 0}, {"server", 120}});
    CHECK(configuration.scheduler.rates == std::set<std::string>{"server"});
    CHECK(configuration.server.port == 9000);
    CHECK(configuration.server.hosts == std::vector<std::string>{"a", "b"});
    CHECK(configuration.cors.allowed_origins == std::vector<std::string>{"https://a"});
    REQUIRE(configuration.sinks.size() == 1);
}

TEST_CASE_METHOD(Start, "luigi.cfg gives way to files, files to the environment, and that to the command line",
                 "[app]") {
    const std::string luigi =
        file("luigi.cfg", "[scheduler]\nretry_delay=1\nremove_delay=1\nretry_count=1\n[resources]\nDb=1\nNet=1\n");
    file("etc/freshetd/config.toml",
         "[scheduler]\nremove-delay = 2\nretry_count = 2\n[resources]\nNet = 2\n"
         "[server]\nport = 2\nhistory_days = 2\n");
    environment["FRESHET_SCHEDULER__RETRY_COUNT"] = "3";
    environment["FRESHET_SERVER__PORT"] = "3";
    environment["FRESHET_SERVER__HISTORY_DAYS"] = "3";
    const auto configuration = load({"--luigi-config", luigi, "--port", "4"});
    CHECK(configuration.scheduler.retry_delay == Seconds(1));
    CHECK(configuration.scheduler.remove_delay == Seconds(2));
    CHECK(configuration.scheduler.retry_count == 3);
    CHECK(configuration.scheduler.resources == wire::Resources{{"Db", 1}, {"Net", 2}});
    CHECK(configuration.server.history_kept == std::chrono::days(3));
    CHECK(configuration.server.port == 4);
}

TEST_CASE_METHOD(Start, "the environment changes a resource's limit and not its name", "[app]") {
    environment["FRESHET_RESOURCES__DB_MAIN"] = "7";
    CHECK(load_text("[resources]\n\"Db.main\" = 4\n").scheduler.resources == wire::Resources{{"Db.main", 7}});
}

TEST_CASE_METHOD(Start, "what is unknown in a file is an error with its line", "[app]") {
    const auto refused = [&](const std::string& toml, const std::string& why) {
        CHECK_THROWS_AS(load_text(toml), ConfigurationError);
        CHECK_THROWS_WITH(load_text(toml), EndsWith(why));
    };
    refused("[scheduler]\nretry_dealy = 1\n",
            "given.toml:2: [scheduler] has no key 'retry_dealy'; did you mean 'retry_delay'?");
    refused("[server]\nprot = 1\n", "given.toml:2: [server] has no key 'prot'; did you mean 'port'?");
    refused("[cors]\nenable = true\n", "given.toml:2: [cors] has no key 'enable'; did you mean 'enabled'?");
    refused("[resource]\ndb = 1\n", "given.toml:2: unknown section 'resource'; did you mean 'resources'?");
    refused("port = 1\n", "given.toml:1: key 'port' stands in no section");
    refused("[[sinks]]\ntype = \"file\"\n", "given.toml:1: unknown table '[[sinks]]'; did you mean 'sink'?");
}

TEST_CASE_METHOD(Start, "a wrong value in a file is an error with its line", "[app]") {
    const auto refused = [&](const std::string& toml, const std::string& why) {
        CHECK_THROWS_AS(load_text(toml), ConfigurationError);
        CHECK_THROWS_WITH(load_text(toml), Contains(why));
    };
    refused("[server]\nport = 65536\n", "given.toml:2: [server] port: '65536' is not between 0 and 65535");
    refused("[resources]\ndb = -1\n", "given.toml:2: [resources] db: '-1' is below 0");
    refused("[resources]\ndb = \"many\"\n", "given.toml:2: [resources] db: ");
    refused("[server]\nlog_format = \"xml\"\n", "'xml' is neither 'plain' nor 'json'");
    refused("[[sink]]\ntype = \"fax\"\n", "there is no 'fax'");
    refused("[scheduler]\nretry_delay = \"soon\"\n", "given.toml:2: [scheduler] retry_delay: ");
}

TEST_CASE_METHOD(Start, "a wrong value on the command line is one of usage, not of configuration", "[app]") {
    CHECK_THROWS_AS(load({"--port", "many"}), ParameterError);
    try {
        load({"--port", "many"});
    } catch (const ParameterError& error) {
        CHECK(dynamic_cast<const ConfigurationError*>(&error) == nullptr);
    }
}

TEST_CASE_METHOD(Start, "a configuration that is named and not there is an error", "[app]") {
    CHECK_THROWS_AS(load({"--config", "/nowhere.toml"}), ConfigurationError);
    CHECK_THROWS_AS(load({"--luigi-config", "/nowhere.cfg"}), ConfigurationError);
}

TEST_CASE_METHOD(Start, "the check shows each setting with its origin", "[app]") {
    const std::string text = app::shown(load({"--port", "9", "--config", file("a.toml", "[resources]\ndb = 2\n")}));
    CHECK_THAT(text, Contains("[server]\n  port = 9  (command line)\n"));
    CHECK_THAT(text, Contains("[resources]\n  db = 2  (") && Contains("a.toml:2)\n"));
    CHECK_THAT(text, Contains("state: /home/ada/.local/state/freshet/freshetd.sqlite\n"));
}

TEST_CASE_METHOD(Start, "a daemon in the background has a folder for its log", "[app]") {
    CHECK(load({"--background"}).server.logdir == "/home/ada/.local/state/freshet/log");
    CHECK(load({"--background", "--logdir", "/logs"}).server.logdir == "/logs");
    CHECK_FALSE(load().server.logdir);
}

TEST_CASE_METHOD(Start, "what no reload puts in force is named", "[app]") {
    const auto before = load_text("[scheduler]\nretry_delay = 1\n[server]\nport = 1\n[resources]\ndb = 1\n");
    const auto after = load_text(
        "[scheduler]\nretry_delay = 2\nretry_count = 5\n[resources]\ndb = 2\n[cors]\nenabled = true\n"
        "[[sink]]\ntype = \"file\"\npath = \"/data/events.jsonl\"\n");
    const std::vector<std::string> named{"[scheduler] retry_delay", "[server] port",
                                         "[[sink]] " + after.sinks.at(0)->name(), "[scheduler] retry_count"};
    CHECK_THAT(app::needs_restart(before, after), Catch::Matchers::UnorderedEquals(named));
    CHECK(app::needs_restart(before, before).empty());
}
