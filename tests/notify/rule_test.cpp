// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "notify/rule.hpp"

#include "event/sink_config.hpp"
#include "freshet/error.hpp"
#include "freshet/file.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using namespace freshet::notify;
using namespace std::chrono_literals;
using Catch::Matchers::Contains;

namespace {

std::vector<Rule> read(const std::string& text, const EmailConfig& email = {}) {
    const test::TempDir folder;
    write_file_atomically(folder / "config.toml", text);
    return read_rules(Config::load({.program = "", .config_file = folder / "config.toml"}), email);
}

const std::string mail = "[[notification]]\nname = \"ops\"\ntype = \"email\"\nto = [\"a@x.org\"]\n";

}  // namespace

TEST_CASE("a rule tells of failures, disabled tasks, lost workers and recoveries unless it says otherwise",
          "[notify]") {
    const auto rules = read(mail);
    REQUIRE(rules.size() == 1);
    CHECK(rules[0].sink->name() == "notification ops");
    CHECK(rules[0].filter.accepts(ProblemState::failed));
    CHECK(rules[0].filter.accepts(ProblemState::worker_lost));
    CHECK_FALSE(rules[0].filter.accepts(ProblemState::late));
    CHECK(rules[0].tells_recovery);
    CHECK(rules[0].window == 30s);
}

TEST_CASE("a rule chooses families, states and its window", "[notify]") {
    const auto rules =
        read(mail + "families = \"Ingest*, Publish\"\nstates = [\"late\"]\nwindow = 0.5\nlate_after = 60\n");
    CHECK(rules[0].filter.families == std::vector<std::string>{"Ingest*", "Publish"});
    CHECK(rules[0].filter.states == std::vector{ProblemState::late});
    CHECK_FALSE(rules[0].tells_recovery);
    CHECK(rules[0].window == 500ms);
    CHECK(rules[0].filter.late_after == 60s);
}

TEST_CASE("a rule that cannot be followed is an error with its reason", "[notify]") {
    CHECK_THROWS_WITH(read(mail + "famlies = \"A\"\n"),
                      Contains("config.toml:1") && Contains("did you mean 'families'?"));
    CHECK_THROWS_WITH(read(mail + "states = [\"faild\"]\n"), Contains("did you mean 'failed'?"));
    CHECK_THROWS_WITH(read(mail + mail), Contains("two [[notification]] have the name 'ops'"));
    CHECK_THROWS_WITH(read("[[notification]]\ntype = \"mail\"\n"), Contains("did you mean 'email'?"));
    CHECK_THROWS_WITH(read("[[notification]]\nname = \"a\"\ntype = \"email\"\n"), Contains("[email] receiver"));
    CHECK_THROWS_WITH(read("[[notification]]\nname = \"a\"\ntype = \"webhook\"\nurl = \"ftp://x\"\n"),
                      Contains("[[notification]] of type 'webhook'"));
    CHECK_NOTHROW(read("[[notification]]\nname = \"a\"\ntype = \"email\"\n", {.recipients = {"a@x.org"}}));
}

TEST_CASE("the sink of a rule refuses an event that is no notification", "[notify]") {
    const Event event{.id = "1", .source = "/t", .type = "other", .subject = "s", .key = "k", .data = Json::object()};
    CHECK_THROWS_WITH(read(mail)[0].sink->deliver(event), Contains("it is no notification"));
}

TEST_CASE("a rule without families is shown without them, since a pattern would leave out workers and the disk",
          "[notify]") {
    CHECK(read(mail)[0].shown.find("families") == nullptr);
    CHECK(read(mail)[0].shown.at("min_free") == Json(100));
    CHECK(read(mail + "families = [\"*\"]\n")[0].shown.at("families") == Json(Json::Array{"*"}));
}

TEST_CASE("of the command of a rule only the program is shown", "[notify]") {
    const auto shown = [](const std::string& command) {
        return event::shown_table(
            read("[[notification]]\nname = \"a\"\ntype = \"command\"\ncommand = " + command + "\n")[0].shown);
    };
    CHECK_THAT(shown(R"(["/bin/tell", "--token", "s3cret"])"),
               Contains("  command = [\"/bin/tell\",\"…\"]\n") && !Contains("s3cret"));
    CHECK_THAT(shown(R"("/bin/tell, --token, s3cret")"),
               Contains("  command = \"/bin/tell, …\"\n") && !Contains("s3cret"));
    CHECK_THAT(shown(R"(["/bin/tell"])"), Contains("  command = [\"/bin/tell\"]\n"));
}
