// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "notify/command_sink.hpp"

#include "base/files.hpp"
#include "freshet/error.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <unistd.h>

using namespace freshet;
using Catch::Matchers::Contains;
using notify::CommandSink;

namespace {

const Event event{.id = "id-1", .source = "/t", .type = "t", .subject = "s", .key = "k", .data = Json::object()};

}  // namespace

TEST_CASE("a command gets the event on its standard input", "[notify]") {
    const test::TempDir folder;
    CommandSink({"sh", "-c", "cat > " + (folder / "got").string()}).deliver(event);
    CHECK(event_from_json(Json::parse(read_file(folder / "got"))) == event);
}

TEST_CASE("a command that fails or is not there is tried again", "[notify]") {
    CHECK_THROWS_WITH(CommandSink({"sh", "-c", "exit 3"}).deliver(event), Contains("exit status 3"));
    CHECK_THROWS_WITH(CommandSink({"sh", "-c", "kill -9 $$"}).deliver(event), Contains("killed by signal 9"));
    CHECK_THROWS_AS(CommandSink({"/no/such/program"}).deliver(event), TransientError);
}

TEST_CASE("a command has no file of the daemon's but its standard streams", "[notify]") {
    const test::TempDir folder;
    const int leaked = ::open("/dev/null", O_RDONLY);  // as a library opens it
    CommandSink({"sh", "-c", "ls /proc/$$/fd > " + (folder / "files").string()}).deliver(event);
    ::close(leaked);
    CHECK_THAT(read_file(folder / "files"), !Contains("\n" + std::to_string(leaked) + "\n"));
}
