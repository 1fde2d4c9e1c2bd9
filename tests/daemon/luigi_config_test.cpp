// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/luigi_config.hpp"
#include "base/files.hpp"
#include "freshet/error.hpp"
#include "support/temp_dir.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

using namespace freshet;
using Catch::Matchers::Contains;
using Catch::Matchers::EndsWith;
using daemon::ConfigEntry;
using daemon::LuigiConfig;
using daemon::parse_cfg;

namespace {

struct LuigiConfigFixture {
    test::TempDir dir;
    Environment environment{};

    LuigiConfig read(const std::string& text, const std::string& name = "luigi.cfg") const {
        write_file_atomically(dir / name, text);
        return daemon::read_luigi_config(dir / name, environment);
    }
    /// The text of the resource Db, or the error.
    std::string text_of(const std::string& value, const std::string& besides = "") const {
        try {
            return read(besides + "[resources]\nDb=" + value + "\n").values.at(0).text;
        } catch (const ParameterError& error) {
            return error.what();
        }
    }
};

}  // namespace

TEST_CASE("a cfg file is read as Python's configparser reads it", "[daemon]") {
    const auto values = parse_cfg(
        "# comment\n[scheduler]\nretry_delay = 60\n; another\nremove-delay:5\n\n[cors]\n"
        "allowed_origins=[\n  \"http://a\",\n  \"http://b\"]\n",
        "luigi.cfg");
    REQUIRE(values.size() == 3);
    CHECK(values[0] == ConfigEntry{"scheduler", "retry_delay", "60", "luigi.cfg:3"});
    CHECK(values[1] == ConfigEntry{"scheduler", "remove-delay", "5", "luigi.cfg:5"});
    CHECK(values[2] == ConfigEntry{"cors", "allowed_origins", "[\n\"http://a\",\n\"http://b\"]", "luigi.cfg:8"});
}

TEST_CASE("only a line indented deeper than its key continues a value of a cfg file", "[daemon]") {
    const auto texts = [](const std::string& text) {
        std::string all;
        for (const ConfigEntry& value : parse_cfg(text, "luigi.cfg"))
            all += fmt::format("[{}]{}='{}' ", value.section, value.key, value.text);
        return all;
    };
    CHECK(texts("[scheduler]\n    retry_delay = 60\n    remove_delay = 30\n[resources]\n  a=1\n  b=2\n") ==
          "[scheduler]retry_delay='60' [scheduler]remove_delay='30' [resources]a='1' [resources]b='2' ");
    CHECK(texts("[core]\n  no_lock = true\n  [scheduler]\n  retry_delay = 60\n") ==
          "[core]no_lock='true' [scheduler]retry_delay='60' ");
    CHECK(texts("[cors]\n  origins = [\n\n    1,\n   ; a comment\n    2]\n enabled = 1\n") ==
          "[cors]origins='[\n1,\n2]' [cors]enabled='1' ");
}

TEST_CASE("an invalid line is refused with its number", "[daemon]") {
    CHECK_THROWS_WITH(parse_cfg("[scheduler]\nretry_delay\n", "luigi.cfg"),
                      "luigi.cfg:2: 'retry_delay' is neither [section] nor key=value");
    CHECK_THROWS_WITH(parse_cfg("retry_delay=1\n", "luigi.cfg"),
                      "luigi.cfg:1: 'retry_delay=1' is neither [section] nor key=value");
}

TEST_CASE_METHOD(LuigiConfigFixture, "scheduler, resources and cors of a luigi.cfg are read", "[daemon]") {
    const auto config =
        read("[scheduler]\nretry_delay=60\ndisable-window = 10\n[resources]\nDB=3\n[cors]\nenabled=true\n");
    REQUIRE(config.values.size() == 4);
    CHECK(config.values[0].key == "disable-window");
    CHECK(config.values[1].key == "retry_delay");
    CHECK(config.values[2].key == "DB");
    CHECK(config.notices.empty());
}

TEST_CASE_METHOD(LuigiConfigFixture, "other keys of [scheduler] in a luigi.cfg are ignored with a notice", "[daemon]") {
    const auto config = read("[scheduler]\nstate_path=/x.pickle\nretry_dealy=60\nbatch_emails=true\n");
    CHECK(config.values.empty());
    REQUIRE(config.notices.size() == 3);
    CHECK_THAT(config.notices[0], Contains("luigi.cfg:2: [scheduler] state_path is ignored"));
    CHECK_THAT(config.notices[1], Contains("did you mean 'retry_delay'?"));
    CHECK_THAT(config.notices[2], Contains("[[notification]] tables"));
}

TEST_CASE_METHOD(LuigiConfigFixture, "an ignored section of luigid has one notice, a section of workers none",
                 "[daemon]") {
    const auto config =
        read("[task_history]\ndb_connection=sqlite://\nx=1\n[core]\nworkers=2\n[MyTask]\nn=1\n[Email]\nto=1\n");
    CHECK(config.values.empty());
    REQUIRE(config.notices.size() == 1);
    CHECK_THAT(config.notices[0],
               EndsWith("luigi.cfg:2: [task_history] is ignored: freshetd keeps the task history in its state file"));
}

TEST_CASE_METHOD(LuigiConfigFixture, "the mail sections of a luigi.cfg are read, but for keys of workers", "[daemon]") {
    const auto config = read("[email]\nreceiver=a@x.org\nforce-send=true\n[smtp]\nhost=mail.x.org\nno_tls=true\n");
    REQUIRE(config.values.size() == 3);
    CHECK(config.values[0].text == "a@x.org");
    CHECK(config.values[1].section == "smtp");
    REQUIRE(config.notices.size() == 1);
    CHECK_THAT(config.notices[0], Contains("[email] force-send is ignored"));
}

TEST_CASE_METHOD(LuigiConfigFixture, "a key with underscores precedes its spelling with dashes, as in Luigi",
                 "[daemon]") {
    const auto delay = [&](const std::string& text) {
        const auto config = read(text);
        REQUIRE(config.values.size() == 1);
        return config.values[0].text;
    };
    CHECK(delay("[scheduler]\nretry_delay=6\nretry-delay=5\n") == "6");
    CHECK(delay("[DEFAULT]\nretry_delay=1\n[scheduler]\nretry-delay=5\n") == "1");
    CHECK(delay("[DEFAULT]\nretry-delay=1\n[scheduler]\nretry-delay=5\n") == "5");
}

TEST_CASE_METHOD(LuigiConfigFixture, "overridden and ignored values are not interpolated", "[daemon]") {
    const auto config = read("[DEFAULT]\nretry_delay=%(nope)s\n[scheduler]\nretry_delay=60\nrecord_histroy=%(nope)s\n");
    REQUIRE(config.values.size() == 1);
    CHECK(config.values[0].text == "60");
    CHECK(config.notices.size() == 1);
}

TEST_CASE_METHOD(LuigiConfigFixture, "a section in the wrong case has a notice", "[daemon]") {
    const auto config = read("[Scheduler]\nretry_delay=6\n");
    CHECK(config.values.empty());
    REQUIRE(config.notices.size() == 1);
    CHECK_THAT(config.notices[0], EndsWith("luigi.cfg:2: [Scheduler] is ignored: did you mean [scheduler]?"));
}

TEST_CASE_METHOD(LuigiConfigFixture, "a luigi.toml is read", "[daemon]") {
    const auto config = read("[scheduler]\nretry_delay = 60.5\npause_enabled = false\n", "luigi.toml");
    REQUIRE(config.values.size() == 2);
    CHECK(config.values[0].text == "False");  // by their keys
    CHECK(config.values[1].text == "60.5");
}

TEST_CASE_METHOD(LuigiConfigFixture, "%(name)s is a value of the section or of DEFAULT", "[daemon]") {
    CHECK(text_of("%(n)s0", "[DEFAULT]\nn=4\n") == "40");
    CHECK(text_of("%(twice)s\nn=2\ntwice=%(n)s%(n)s", "[DEFAULT]\nn=4\n") == "22");
    CHECK(text_of("5%%") == "5%");
    CHECK_THAT(text_of("%(n)s"),
               EndsWith("luigi.cfg:2: [resources] Db is '%(n)s': there is no 'n' in [resources] or [DEFAULT]"));
    CHECK_THAT(text_of("%(n)x)s\nn)x=1"), EndsWith("'%' must be followed by '(name)s' or '%'"));
    CHECK_THAT(text_of("5%"), EndsWith("'%' must be followed by '(name)s' or '%'"));
    CHECK_THAT(text_of("%(Db)s"), EndsWith("its references are recursive"));
}

TEST_CASE_METHOD(LuigiConfigFixture, "${NAME} is an environment variable", "[daemon]") {
    environment = {{"N", "4"}, {"M", "%(x)s${N}"}};
    CHECK(text_of("${N}-${N}") == "4-4");
    CHECK(text_of("${%(name)s}", "[DEFAULT]\nname=N\n") == "4");
    CHECK(text_of("${M}") == "%(x)s${N}");
    CHECK(text_of("${N") == "${N");
    CHECK(text_of("${}${N}") == "${}4");
    CHECK_THAT(text_of("${K}"), EndsWith("luigi.cfg:2: [resources] Db is '${K}': environment variable 'K' is not set"));
    CHECK(read("[MyTask]\npath=${K}/%(x)s\n").values.empty());  // nobody reads it here
}

TEST_CASE_METHOD(LuigiConfigFixture, "the section scheduler precedes DEFAULT", "[daemon]") {
    const auto config =
        read("[scheduler]\nretry_delay=60\n[DEFAULT]\nretry_delay=1\nremove_delay=%(retry_delay)s\nroot=/x\n");
    REQUIRE(config.values.size() == 2);
    CHECK(config.values[0] == ConfigEntry{"scheduler", "remove_delay", "60", (dir / "luigi.cfg").string() + ":5"});
    CHECK(config.values[1].text == "60");
    CHECK(config.notices.empty());
    CHECK(read("[DEFAULT]\nretry_delay=1\n").values.empty());
}
