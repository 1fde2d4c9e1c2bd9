// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "slurm/attempt_folder.hpp"

#include "base/files.hpp"
#include "support/temp_dir.hpp"
#include "task/configured_values.hpp"
#include "worker/tasks.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>

using namespace freshet;
using namespace freshet::test;
using detail::ConfiguredValues;

namespace {

/// A section of the configuration.
struct Licence {
    std::string key{};
    static constexpr std::string_view section = "licence";
    static constexpr Parameter parameters[] = {param<&Licence::key>("of the program").secret()};
};

struct Listed {
    bool complete() const { return false; }
    void run() const {}
};

struct FolderFixture {
    TempDir dir{};
    Registry registry = test_registry();
    worker::Attempt attempt{.task = registry.make("Act", {{"what", "write"}, {"root", dir.path().string()}}),
                            .token = "t",
                            .number = 2,
                            .default_timeout = std::chrono::milliseconds(1'500)};
    std::filesystem::path folder = dir / "t";
};

/// Requests of a worker that is dead, or of one that lives as long as the folder.
void add_attempt(const slurm::RunFolder& run, const FolderFixture& fixture) {
    slurm::create_attempt_folder(run.attempt("t"), fixture.attempt, fixture.registry);
}

std::set<std::string> collect(const std::filesystem::path& parent) {
    std::set<std::string> cancelled;
    slurm::collect_dead_runs(parent, [&](const std::set<std::string>& tokens) { cancelled = tokens; });
    return cancelled;
}

}  // namespace

TEST_CASE("of two jobs of one attempt one makes it", "[slurm]") {
    FolderFixture fixture;
    slurm::create_attempt_folder(fixture.folder, fixture.attempt, fixture.registry);
    const auto request = slurm::claim_request(fixture.folder, fixture.registry);
    REQUIRE(request);
    const worker::Attempt claimed = process::attempt_from_json(request->attempt, request->registry);
    CHECK(claimed.task.id() == fixture.attempt.task.id());
    CHECK(claimed.number == 2);
    CHECK(claimed.default_timeout == std::chrono::milliseconds(1'500));
    CHECK_FALSE(slurm::claim_request(fixture.folder, fixture.registry));
}

TEST_CASE("a request, which may have secrets, is read by its user only", "[slurm]") {
    FolderFixture fixture;
    slurm::create_attempt_folder(fixture.folder, fixture.attempt, fixture.registry);
    for (const auto& path : {fixture.folder, fixture.folder / "request"}) {
        struct stat status {};
        REQUIRE(::stat(path.c_str(), &status) == 0);
        CHECK((status.st_mode & 0077) == 0);
    }
}

TEST_CASE("the configuration of the worker holds in the job", "[slurm]") {
    FolderFixture fixture;
    const TaskType& type = fixture.registry.find("Act");
    const auto parameter = std::ranges::find(type.parameters, "password", &Parameter::name);
    auto configuration = std::make_shared<ConfiguredValues>();
    configuration->add(type.family,
                       {{.parameter = &*parameter, .text = "sesame", .origin = "a.toml:3", .section = "Act"}});
    slurm::create_attempt_folder(fixture.folder, fixture.attempt, fixture.registry.with(configuration));
    const auto request = slurm::claim_request(fixture.folder, fixture.registry);
    REQUIRE(request);
    const AnyTask task = request->registry.make("Act", {{"what", "x"}, {"root", "/"}});
    CHECK(task.values_with_secrets().at("password") == "sesame");
}

TEST_CASE("a section that tasks read holds in the job, with its secrets", "[slurm]") {
    FolderFixture fixture;
    const Registry registry = Registry::of<Listed, Licence>();
    const SectionType& type = SectionType::of<Licence>();
    auto configuration = std::make_shared<ConfiguredValues>();
    configuration->add(type.name, {{.parameter = &type.parameters.front(), .text = "sesame", .section = "licence"}});
    fixture.attempt.task = registry.make("Listed", {});
    slurm::create_attempt_folder(fixture.folder, fixture.attempt, registry.with(configuration));
    const auto request = slurm::claim_request(fixture.folder, registry);
    REQUIRE(request);
    Licence licence;
    request->registry.configuration().read(type, &licence);
    CHECK(licence.key == "sesame");
}

TEST_CASE("messages are read once, as they come", "[slurm]") {
    FolderFixture fixture;
    slurm::create_attempt_folder(fixture.folder, fixture.attempt, fixture.registry);
    slurm::MessageWriter writer(fixture.folder);
    slurm::MessageReader reader(fixture.folder);
    std::vector<std::string> texts;
    const auto read = [&] {
        reader.read([] { return true; }, [&](const std::string& text) { texts.push_back(text); });
        return std::exchange(texts, {}).size();
    };
    CHECK(read() == 0);
    writer.write(worker::StatusMessage{"t", "one"});
    writer.write(worker::StatusMessage{"t", std::string(200'000, 'x')});
    CHECK(read() == 2);
    CHECK(read() == 0);
    writer.write(worker::Progress{"t", 0.5});
    CHECK(read() == 1);
}

TEST_CASE("the script runs its command with any word in it", "[slurm]") {
    TempDir dir;
    const slurm::RunFolder run(dir.path(), {"/usr/bin/env", "printf", "%s", "it's $HOME"});
    CHECK(read_file(run.script()) == "#!/bin/sh\nexec /usr/bin/env printf %s 'it'\\''s $HOME' \"$@\"\n");
}

TEST_CASE("the requests of a worker that has died are withdrawn and its jobs cancelled", "[slurm]") {
    FolderFixture fixture;
    {
        slurm::RunFolder run(fixture.dir.path(), {"program"});
        add_attempt(run, fixture);
        run.leave_jobs();
    }
    CHECK(files_below(fixture.dir.path()).size() == 3);  // lock, script, messages
    CHECK(collect(fixture.dir.path()) == std::set<std::string>{"t"});
    CHECK(files_below(fixture.dir.path()).empty());
}

TEST_CASE("what a dead worker has left stays until its jobs are cancelled", "[slurm]") {
    FolderFixture fixture;
    {
        slurm::RunFolder run(fixture.dir.path(), {"program"});
        add_attempt(run, fixture);
        run.leave_jobs();
    }
    CHECK_THROWS_AS(slurm::collect_dead_runs(fixture.dir.path(), [](const auto&) { throw Error("away"); }), Error);
    CHECK(collect(fixture.dir.path()) == std::set<std::string>{"t"});
}

TEST_CASE("the attempts of a worker that lives are left alone", "[slurm]") {
    FolderFixture fixture;
    const slurm::RunFolder run(fixture.dir.path(), {"program"});
    add_attempt(run, fixture);
    CHECK(collect(fixture.dir.path()).empty());
    CHECK(slurm::claim_request(run.attempt("t"), fixture.registry));
}
