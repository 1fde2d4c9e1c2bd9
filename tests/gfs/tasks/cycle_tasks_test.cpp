// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/cycle_tasks.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

using freshet::AnyTask;

namespace {

gfs::IngestCycle ingest(std::string_view leads) {
    return {{{.cycle = freshet::Codec<gfs::Cycle>::read("2026-08-21T06"), .root = "/data"}, gfs::Leads::parse(leads)}};
}

gfs::WriteManifest manifest_of(std::string_view leads) {
    return std::get<gfs::WriteManifest>(ingest(leads).requirements());
}

std::vector<gfs::ConvertLead> leads_of(const gfs::WriteManifest& manifest) {
    return std::get<std::vector<gfs::ConvertLead>>(manifest.requirements());
}

}  // namespace

TEST_CASE("a cycle requires its manifest, and the manifest every selected lead", "[gfs]") {
    const auto manifest = manifest_of("0-2,6");
    std::vector<int> leads;
    for (const auto& file : leads_of(manifest)) leads.push_back(file.lead);
    CHECK(leads == std::vector{0, 1, 2, 6});
}

TEST_CASE("a manifest requires the files over its leads, and no other", "[gfs]") {
    const auto file = std::get<gfs::WriteCycleFile>(manifest_of("0-2,6").requirements());
    const auto [netcdf, references, ncml] = file.output();
    const std::string name = "/data/gfs.0p25/2026-08-21T06/r1/gfs.0p25.2026-08-21T06.0-2,6";
    CHECK(netcdf.path() == name + ".nc");
    CHECK(references.path() == name + ".kerchunk.json");
    CHECK(ncml.path() == name + ".ncml");
    CHECK(file.requirements().size() == 4);
    CHECK(freshet::TaskType::of<gfs::WriteCycleFile>().isolation == freshet::Isolation::process);
}

TEST_CASE("equal selections of leads have one manifest", "[gfs]") {
    CHECK(manifest_of("0-3").output() == manifest_of("0-1,2,3").output());
    CHECK_FALSE(manifest_of("0-3").output() == manifest_of("0-2").output());
}

TEST_CASE("the dataset's name depends on the selection and its storage, not on the notation", "[gfs]") {
    const auto folder = [](std::string_view levels, std::string_view area) {
        auto task = ingest("0");
        task.levels = gfs::Levels::parse(levels);
        if (!area.empty()) task.area = gfs::Area::parse(area);
        return task.paths().dataset();
    };
    CHECK(folder("", "") == "gfs.0p25");
    CHECK(folder("surface", "").size() == std::string("gfs.0p25.12345678").size());
    CHECK(folder("surface", "") != folder("", "0,1,0,1"));
    auto plain = ingest("0");
    plain.enhance = false;
    CHECK(plain.paths().dataset() != "gfs.0p25");
    auto tiled = ingest("0");
    tiled.chunks = gfs::Chunks::series;
    CHECK(tiled.paths().dataset() != "gfs.0p25");
    CHECK(tiled.paths().dataset() != plain.paths().dataset());
    CHECK_FALSE(AnyTask(tiled) == AnyTask(ingest("0")));
    auto rounded = ingest("0");
    rounded.precision = gfs::Precision::packing;
    CHECK(
        std::set{rounded.paths().dataset(), tiled.paths().dataset(), plain.paths().dataset(), folder("", "")}.size() ==
        4);
    CHECK_FALSE(AnyTask(rounded) == AnyTask(ingest("0")));
    CHECK(folder("surface,500 mb", "350,10,0,1") == folder("500 mb,surface", "-10,10,0.0,1"));
}

TEST_CASE("the treatment of implausible data is not part of the identity of a task", "[gfs]") {
    auto strict = ingest("0");
    strict.checks = gfs::Checks::refuse;
    CHECK(AnyTask(strict) == AnyTask(ingest("0")));
}

TEST_CASE("the mirrors are not part of the identity of a task", "[gfs]") {
    auto elsewhere = ingest("0");
    elsewhere.source = "http://localhost/";
    CHECK(AnyTask(elsewhere) == AnyTask(ingest("0")));
}

TEST_CASE("early leads have priority over late ones, and leads over manifests", "[gfs]") {
    const auto manifest = manifest_of("0,6");
    const auto files = leads_of(manifest);
    CHECK(AnyTask(files[0]).policy().priority > AnyTask(files[1]).policy().priority);
    CHECK(AnyTask(files[1]).policy().priority > AnyTask(manifest).policy().priority);
}

TEST_CASE("a conversion runs in a process of its own", "[gfs]") {
    CHECK(freshet::TaskType::of<gfs::ConvertLead>().isolation == freshet::Isolation::process);
}
