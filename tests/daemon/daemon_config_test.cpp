// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/daemon_config.hpp"
#include "base/config.hpp"
#include "base/files.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;
using daemon::DaemonConfig;
using daemon::default_logdir;
using daemon::default_state;
using scheduler::Seconds;

namespace {

struct ConfigFixture {
    test::TempDir dir;
    Environment environment{{"HOME", "/home/ada"}};

    std::string file(const std::string& name, const std::string& text) const {
        write_file_atomically(dir / name, text);
        return (dir / name).string();
    }
    DaemonConfig load(const std::vector<std::string>& words = {}) const {
        return daemon::load_daemon_config(daemon::parse_daemon_arguments(words),
                                          {.environment = environment, .system_folder = dir / "etc"});
    }
    DaemonConfig load_text(const std::string& toml) const { return load({"--config", file("given.toml", toml)}); }
};

}  // namespace

TEST_CASE_METHOD(ConfigFixture, "the defaults are those of Luigi, on loopback", "[daemon]") {
    const auto config = load();
    CHECK(config.server.address == "127.0.0.1");
    CHECK(config.server.port == 8082);
    CHECK(config.scheduler.retry_delay == Seconds(900));
    CHECK(config.scheduler.resources.empty());
    CHECK(config.state_path == "/home/ada/.local/state/freshet/freshetd.sqlite");
    CHECK(config.sinks.empty());
}

TEST_CASE_METHOD(ConfigFixture, "every section of a file is read", "[daemon]") {
    const auto config = load_text(
        "[scheduler]\nretry_delay = 60\nstate_path = \"/data/state\"\n[resources]\n\"db.main\" = 4\nnet = 0\nserver = "
        "\"120/minute\"\n"
        "[server]\nport = 9000\nhosts = \"a, B\"\n[cors]\nenabled = true\nallowed_origins = [\"https://a\"]\n"
        "[[sink]]\ntype = \"file\"\npath = \"/data/events.jsonl\"\n");
    CHECK(config.scheduler.retry_delay == Seconds(60));
    CHECK(config.state_path == "/data/state");
    CHECK(config.scheduler.resources == rpc::Resources{{"db.main", 4}, {"net", 0}, {"server", 120}});
    CHECK(config.scheduler.rates == std::set<std::string>{"server"});
    CHECK(config.server.port == 9000);
    CHECK(config.server.hosts == std::vector<std::string>{"a", "b"});
    CHECK(config.cors.allowed_origins == std::vector<std::string>{"https://a"});
    REQUIRE(config.sinks.size() == 1);
}

TEST_CASE_METHOD(ConfigFixture, "precedence ascends from luigi.cfg over files and the environment to the command line",
                 "[daemon]") {
    const std::string luigi =
        file("luigi.cfg", "[scheduler]\nretry_delay=1\nremove_delay=1\nretry_count=1\n[resources]\nDb=1\nNet=1\n");
    file("etc/freshetd/config.toml",
         "[scheduler]\nremove-delay = 2\nretry_count = 2\n[resources]\nNet = 2\n"
         "[server]\nport = 2\nhistory_days = 2\n");
    environment["FRESHET_SCHEDULER__RETRY_COUNT"] = "3";
    environment["FRESHET_SERVER__PORT"] = "3";
    environment["FRESHET_SERVER__HISTORY_DAYS"] = "3";
    const auto config = load({"--luigi-config", luigi, "--port", "4"});
    CHECK(config.scheduler.retry_delay == Seconds(1));
    CHECK(config.scheduler.remove_delay == Seconds(2));
    CHECK(config.scheduler.retry_count == 3);
    CHECK(config.scheduler.resources == rpc::Resources{{"Db", 1}, {"Net", 2}});
    CHECK(config.server.history_retention == std::chrono::days(3));
    CHECK(config.server.port == 4);
}

TEST_CASE_METHOD(ConfigFixture, "the environment changes the limit of a resource, not its name", "[daemon]") {
    environment["FRESHET_RESOURCES__DB_MAIN"] = "7";
    CHECK(load_text("[resources]\n\"Db.main\" = 4\n").scheduler.resources == rpc::Resources{{"Db.main", 7}});
}

TEST_CASE_METHOD(ConfigFixture, "an unknown name in a file is an error with its line", "[daemon]") {
    const auto rejected = [&](const std::string& toml, const std::string& why) {
        CHECK_THROWS_AS(load_text(toml), ConfigError);
        CHECK_THROWS_WITH(load_text(toml), EndsWith(why));
    };
    rejected("[scheduler]\nretry_dealy = 1\n",
             "given.toml:2: [scheduler] has no key 'retry_dealy'; did you mean 'retry_delay'?");
    rejected("[server]\nprot = 1\n", "given.toml:2: [server] has no key 'prot'; did you mean 'port'?");
    rejected("[cors]\nenable = true\n", "given.toml:2: [cors] has no key 'enable'; did you mean 'enabled'?");
    rejected("[resource]\ndb = 1\n", "given.toml:2: unknown section 'resource'; did you mean 'resources'?");
    rejected("port = 1\n", "given.toml:1: key 'port' is outside any section");
    rejected("[[sinks]]\ntype = \"file\"\n", "given.toml:1: unknown table '[[sinks]]'; did you mean 'sink'?");
}

TEST_CASE_METHOD(ConfigFixture, "an invalid value in a file is an error with its line", "[daemon]") {
    const auto rejected = [&](const std::string& toml, const std::string& why) {
        CHECK_THROWS_AS(load_text(toml), ConfigError);
        CHECK_THROWS_WITH(load_text(toml), Contains(why));
    };
    rejected("[server]\nport = 65536\n", "given.toml:2: [server] port: '65536' is not between 0 and 65535");
    rejected("[resources]\ndb = -1\n", "given.toml:2: [resources] db: '-1' is below 0");
    rejected("[resources]\ndb = \"many\"\n", "given.toml:2: [resources] db: ");
    rejected("[server]\nlog_format = \"xml\"\n", "'xml' is neither 'plain' nor 'json'");
    rejected("[[sink]]\ntype = \"fax\"\n", "[[sink]] type 'fax' is not one of");
    rejected("[scheduler]\nretry_delay = \"soon\"\n", "given.toml:2: [scheduler] retry_delay: ");
}

TEST_CASE_METHOD(ConfigFixture, "an invalid value on the command line is a usage error", "[daemon]") {
    CHECK_THROWS_AS(load({"--port", "many"}), ParameterError);
    try {
        load({"--port", "many"});
    } catch (const ParameterError& error) {
        CHECK(dynamic_cast<const ConfigError*>(&error) == nullptr);
    }
}

TEST_CASE_METHOD(ConfigFixture, "a missing file given by --config is an error", "[daemon]") {
    CHECK_THROWS_AS(load({"--config", "/nowhere.toml"}), ConfigError);
    CHECK_THROWS_AS(load({"--luigi-config", "/nowhere.cfg"}), ConfigError);
}

TEST_CASE_METHOD(ConfigFixture, "the output of --check-config shows each setting with its origin", "[daemon]") {
    const std::string text =
        daemon::format_config(load({"--port", "9", "--config", file("a.toml", "[resources]\ndb = 2\n")}));
    CHECK_THAT(text, Contains("[server]\n  port = 9  (command line)\n"));
    CHECK_THAT(text, Contains("[resources]\n  db = 2  (") && Contains("a.toml:2)\n"));
    CHECK_THAT(text, Contains("state: /home/ada/.local/state/freshet/freshetd.sqlite\n"));
}

TEST_CASE_METHOD(ConfigFixture, "the output of --check-config shows each key of a notification but its secrets",
                 "[daemon]") {
    const std::string text =
        daemon::format_config(load_text("[email]\nreceiver = \"ops@example.org\"\n"
                                        "[[notification]]\nname = \"mail\"\ntype = \"email\"\n"
                                        "[[notification]]\nname = \"hook\"\ntype = \"webhook\"\nurl = "
                                        "\"https://ada:s3cret@example.org/services/s3cret?key=s3cret\"\n"
                                        "headers = { Authorization = \"s3cret\" }\nstates = [\"disabled\"]\n"));
    CHECK_THAT(text, Contains("  name = \"mail\"\n  type = \"email\"\n  to = [\"ops@example.org\"]\n"));
    CHECK_THAT(text, Contains("  min_free = 100\n") && Contains("  states = [\"disabled\"]\n"));
    CHECK_THAT(text,
               Contains("  url = \"https://example.org/…\"\n") && Contains("headers = { Authorization = (hidden) }"));
    CHECK_THAT(text, !Contains("s3cret"));
}

TEST_CASE_METHOD(ConfigFixture, "a daemon with --background has a default log folder", "[daemon]") {
    CHECK(load({"--background"}).server.logdir == "/home/ada/.local/state/freshet/log");
    CHECK(load({"--background", "--logdir", "/logs"}).server.logdir == "/logs");
    CHECK_FALSE(load().server.logdir);
}

TEST_CASE_METHOD(ConfigFixture, "settings that need a restart are listed", "[daemon]") {
    const auto before = load_text("[scheduler]\nretry_delay = 1\n[server]\nport = 1\n[resources]\ndb = 1\n");
    const auto after = load_text(
        "[scheduler]\nretry_delay = 2\nretry_count = 5\n[resources]\ndb = 2\n[cors]\nenabled = true\n"
        "[[sink]]\ntype = \"file\"\npath = \"/data/events.jsonl\"\n");
    const std::vector<std::string> named{"[scheduler] retry_delay", "[server] port",
                                         "[[sink]] " + after.sinks.at(0)->name(), "[scheduler] retry_count"};
    CHECK_THAT(daemon::needs_restart(before, after), Catch::Matchers::UnorderedEquals(named));
    CHECK(daemon::needs_restart(before, before).empty());
}

TEST_CASE("the state of a service is in STATE_DIRECTORY", "[daemon]") {
    const Environment environment{{"STATE_DIRECTORY", "/var/lib/private/freshet:/other"}, {"HOME", "/root"}};
    CHECK(default_state(environment, false) == "/var/lib/private/freshet/freshetd.sqlite");
    CHECK(default_state(environment, true) == "/var/lib/private/freshet/freshetd.sqlite");
}

TEST_CASE("the state of root is in /var/lib, that of a user in the state folder", "[daemon]") {
    CHECK(default_state({{"HOME", "/root"}}, true) == "/var/lib/freshet/freshetd.sqlite");
    CHECK(default_state({{"HOME", "/home/ada"}}, false) == "/home/ada/.local/state/freshet/freshetd.sqlite");
    CHECK(default_state({{"XDG_STATE_HOME", "/state"}}, false) == "/state/freshet/freshetd.sqlite");
}

TEST_CASE("without a home folder the error names the option", "[daemon]") {
    CHECK_THROWS_AS(default_state({}, false), ConfigError);
    CHECK_THROWS_WITH(default_state({}, false), Catch::Matchers::EndsWith("; use --state-path FILE"));
}

TEST_CASE("the log folder is LOGS_DIRECTORY, /var/log or in the state folder", "[daemon]") {
    CHECK(default_logdir({{"LOGS_DIRECTORY", "/var/log/freshet"}}, false) == "/var/log/freshet");
    CHECK(default_logdir({}, true) == "/var/log/freshet");
    CHECK(default_logdir({{"HOME", "/home/ada"}}, false) == "/home/ada/.local/state/freshet/log");
}
