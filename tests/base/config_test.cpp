// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/config.hpp"

#include "base/files.hpp"
#include "freshet/error.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using freshet::test::TempDir;

namespace {

/// A machine of its own: /etc, a home, and a place for --config.
struct ConfigFixture {
    TempDir dir{};
    ConfigSources sources{
        .program = "gfs", .environment = {{"XDG_CONFIG_HOME", (dir / "home").string()}}, .system_folder = dir / "etc"};

    void write_system(std::string_view toml) { write_file_atomically(dir / "etc/gfs/config.toml", toml); }
    void write_home(std::string_view toml) { write_file_atomically(dir / "home/gfs/config.toml", toml); }
    void write_explicit(std::string_view toml) {
        sources.config_file = dir / "asked.toml";
        write_file_atomically(*sources.config_file, toml);
    }
    Config load() const { return Config::load(sources); }
};

std::string text(const Config& config, std::string_view section, std::string_view key) {
    return config.find(section, key).value_or(ConfigValue{"(none)", ""}).text;
}

}  // namespace

TEST_CASE("a file with two spellings of one name is rejected with both places", "[base]") {
    ConfigFixture machine;
    machine.write_explicit("[resources]\nDb-main = 1\nnet = 1\n'db.main' = 2\n");
    const std::string file = machine.sources.config_file->string();
    CHECK_THROWS_WITH(machine.load(), file + ":4: [resources] 'db.main' is the same as 'Db-main' at " + file +
                                          ":2: letters of either case are one here, and so are '-', '.' and '_'");
    machine.write_explicit("[Load]\na = 1\n[load]\nA = 2\n");
    CHECK_THROWS_AS(machine.load(), ParameterError);
    machine.write_explicit("[resources]\nDb-main = 1\n");
    machine.write_home("[resources]\ndb_main = 2\n");
    CHECK(text(machine.load(), "resources", "db-main") == "1");
}

TEST_CASE("without files and variables the configuration is empty", "[base]") {
    const ConfigFixture machine;
    CHECK(machine.load().sections().empty());
    CHECK_FALSE(machine.load().find("IngestCycle", "root"));
}

TEST_CASE("later sources override earlier ones key by key", "[base]") {
    ConfigFixture machine;
    machine.write_system("[A]\na = 'system'\nb = 'system'\nc = 'system'\nd = 'system'\n");
    machine.write_home("[A]\nb = 'home'\nc = 'home'\nd = 'home'\n");
    machine.write_explicit("[A]\nc = 'asked'\nd = 'asked'\n");
    machine.sources.environment["FRESHET_A__D"] = "environment";
    const auto config = machine.load();
    CHECK(text(config, "A", "a") == "system");
    CHECK(text(config, "A", "b") == "home");
    CHECK(text(config, "A", "c") == "asked");
    CHECK(text(config, "A", "d") == "environment");
}

TEST_CASE("a file that cannot be examined is an error that names it", "[base]") {
    ConfigFixture machine;
    std::filesystem::create_directories(machine.dir / "home");
    std::filesystem::create_directory_symlink("gfs", machine.dir / "home/gfs");
    CHECK_THROWS_AS(machine.load(), Error);
    CHECK_THROWS_WITH(machine.load(), Catch::Matchers::Contains((machine.dir / "home/gfs/config.toml").string()));
}

TEST_CASE("every value has its origin", "[base]") {
    ConfigFixture machine;
    machine.write_system("# first\n[IngestCycle]\nroot = '/data'\n");
    machine.sources.environment["FRESHET_INGESTCYCLE__LEADS"] = "0-6";
    const auto config = machine.load();
    CHECK(config.find("IngestCycle", "root") ==
          ConfigValue{"/data", (machine.dir / "etc/gfs/config.toml").string() + ":3"});
    CHECK(config.find("IngestCycle", "leads") == ConfigValue{"0-6", "environment FRESHET_INGESTCYCLE__LEADS"});
}

TEST_CASE("without XDG_CONFIG_HOME the folder .config of the home directory is read", "[base]") {
    ConfigFixture machine;
    machine.sources.environment = {{"XDG_CONFIG_HOME", ""}, {"HOME", machine.dir.path().string()}};
    write_file_atomically(machine.dir / ".config/gfs/config.toml", "key = 1");
    CHECK(text(machine.load(), "", "key") == "1");
}

TEST_CASE("names ignore case, and dashes equal underscores", "[base]") {
    ConfigFixture machine;
    machine.write_system("[my.ns.Task]\nkeep-grib = true\n");
    CHECK(text(machine.load(), "my.ns.task", "keep_grib") == "True");
    machine.sources.environment["FRESHET_MY_NS_TASK__KEEP_GRIB"] = "False";
    CHECK(text(machine.load(), "my.ns.Task", "keep-grib") == "False");
    CHECK(machine.load().sections().size() == 1);
}

TEST_CASE("values are converted to the text form of parameters", "[base]") {
    ConfigFixture machine;
    machine.write_system(R"([T]
string = "a b"
integer = 1_000
float = 1e16
boolean = false
date = 2026-11-21
time = 2026-11-21T06:00:00Z
list = [1, 2.5, "é", true]
table = {a = 1}
inline_tables = [{a = 1}]
)");
    const auto config = machine.load();
    CHECK(text(config, "T", "string") == "a b");
    CHECK(text(config, "T", "integer") == "1000");
    CHECK(text(config, "T", "float") == "1e+16");
    CHECK(text(config, "T", "boolean") == "False");
    CHECK(text(config, "T", "date") == "2026-11-21");
    CHECK(text(config, "T", "time") == "2026-11-21T06:00:00Z");
    CHECK(text(config, "T", "list") == R"([1, 2.5, "\u00e9", true])");
    CHECK(text(config, "T", "table") == R"({"a": 1})");
    CHECK(text(config, "T", "inline_tables") == R"([{"a": 1}])");
}

TEST_CASE("sections and keys are listed as first written", "[base]") {
    ConfigFixture machine;
    machine.write_system("top = 1\n[B]\nx-y = 1\n[A]\nz = 1\n");
    const auto config = machine.load();
    CHECK(config.sections() == std::vector<std::string>{"", "A", "B"});
    CHECK(config.keys("b") == std::vector<std::string>{"x-y"});
}

TEST_CASE("an environment variable without a section is ignored", "[base]") {
    ConfigFixture machine;
    machine.sources.environment["FRESHET_DATA"] = "/data";
    CHECK(machine.load().sections().empty());
}

TEST_CASE("repeated tables keep the types of their values and their origin", "[base]") {
    ConfigFixture machine;
    machine.write_system("[[sink]]\ntype = 'file'\n\n[[sink]]\ntype = 'kafka'\nport = 9092\nlist = ['a']\n");
    const auto tables = machine.load().tables("sink");
    REQUIRE(tables.size() == 2);
    CHECK(tables[1].values.text() == R"({"list":["a"],"port":9092,"type":"kafka"})");
    CHECK_THAT(tables[1].origin, Catch::EndsWith("config.toml:4"));
    CHECK(machine.load().table_names() == std::vector<std::string>{"sink"});
}

TEST_CASE("the repeated tables of a later file replace the earlier ones", "[base]") {
    ConfigFixture machine;
    machine.write_system("[[sink]]\ntype = 'file'\n[[sink]]\ntype = 'kafka'\n");
    machine.write_home("[[sink]]\ntype = 'webhook'\n");
    const auto tables = machine.load().tables("sink");
    REQUIRE(tables.size() == 1);
    CHECK(tables[0].values.at("type") == Json("webhook"));
}

TEST_CASE("invalid TOML is reported with line and column", "[base]") {
    ConfigFixture machine;
    machine.write_explicit("[A]\nroot = /data\n");
    CHECK_THROWS_AS(machine.load(), ParameterError);
    CHECK_THROWS_WITH(machine.load(), Catch::StartsWith("read configuration '" + machine.sources.config_file->string() +
                                                        "': line 2, column 8: "));
}

TEST_CASE("a key written twice in one file is an error", "[base]") {
    ConfigFixture machine;
    machine.write_explicit("[A]\nroot = 'a'\nroot = 'b'\n");
    CHECK_THROWS_AS(machine.load(), ParameterError);
}

TEST_CASE("a missing file of --config is an error", "[base]") {
    ConfigFixture machine;
    machine.sources.config_file = "/no/such.toml";
    CHECK_THROWS_WITH(machine.load(), "open '/no/such.toml': No such file or directory");
}

TEST_CASE("a text of a file names variables of the environment, a text of the environment does not", "[base]") {
    ConfigFixture machine;
    machine.sources.environment["WHERE"] = "here";
    machine.sources.environment["FRESHET_A__D"] = "${WHERE}";
    machine.write_explicit(
        "[A]\na = '${WHERE}/and/${WHERE}'\nb = '$${WHERE} $ {WHERE} ${'\nc = '${UNSET}'\nd = 'e'\n"
        "[[sink]]\nurl = 'http://${WHERE}/'\nlist = ['${WHERE}']\n");
    const Config config = machine.load();
    CHECK(text(config, "A", "a") == "here/and/here");
    CHECK(text(config, "A", "b") == "${WHERE} $ {WHERE} ${");
    CHECK_THROWS_WITH(config.find("A", "c"),
                      machine.sources.config_file->string() + ":4: the environment has no variable 'UNSET'");
    CHECK(text(config, "A", "d") == "${WHERE}");
    CHECK(config.tables("sink").at(0).values.text() == R"({"list":["here"],"url":"http://here/"})");
}
