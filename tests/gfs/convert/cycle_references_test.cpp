// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "cycle_fixture.hpp"
#include "grib/sections.hpp"
#include "netcdf/chunk_file.hpp"

#include "freshet/json.hpp"

#include <catch2/catch.hpp>

using Catch::Matchers::Contains;
using freshet::Json;
using gfs::test::counted;
using gfs::test::CycleFixture;
using gfs::test::encode;
using gfs::test::humidity;
using gfs::test::rain;
using gfs::test::temperature;
using gfs::test::two_members;

namespace {

/// The text that kerchunk reads, parsed.
class References {
public:
    explicit References(const CycleFixture& cycle) : folder_(cycle.folder.path()) {
        cycle.write();
        document_ = Json::parse(gfs::cycle_references(cycle.request, gfs::read_cycle_content(cycle.request.leads)));
    }

    const Json* find(const std::string& key) const { return document_.at("refs").find(key); }
    Json metadata(const std::string& key) const { return Json::parse(document_.at("refs").at(key).as_string()); }
    const Json& document() const { return document_; }

    /// The bytes that a reference stands for.
    std::string bytes(const std::string& key) const {
        const auto& place = document_.at("refs").at(key).as_array();
        std::string file = place.at(0).as_string();
        REQUIRE(file.starts_with("{{u}}"));
        std::ifstream stream(folder_ / file.substr(5), std::ios::binary);
        std::string read(static_cast<std::size_t>(place.at(2).as_integer()), '\0');
        stream.seekg(place.at(1).as_integer());
        stream.read(read.data(), static_cast<std::streamsize>(read.size()));
        return read;
    }

private:
    std::filesystem::path folder_;
    Json document_;
};

std::string stored(const std::filesystem::path& file, const std::string& variable,
                   const std::vector<std::uint64_t>& start) {
    const gfs::StoredChunk chunk = gfs::ChunkFile(file, gfs::ChunkFile::Access::read).find(variable, start);
    std::string bytes(chunk.size, '\0');
    gfs::FileReader(file).read_to(reinterpret_cast<unsigned char*>(bytes.data()), chunk.offset, chunk.size);
    return bytes;
}

gfs::CycleNcml ncml(const CycleFixture& cycle) {
    cycle.write();
    return gfs::cycle_ncml(cycle.request, gfs::read_cycle_content(cycle.request.leads));
}

/// The element of one lead.
std::string lead_element(const std::string& ncml, const std::string& file) {
    const auto begin = ncml.find("<netcdf location=\"" + file + "\"");
    REQUIRE(begin != std::string::npos);
    return ncml.substr(begin, ncml.find("</netcdf>", begin) - begin);
}

}  // namespace

TEST_CASE("a reference leads to the chunk of its lead", "[netcdf]") {
    CycleFixture cycle;
    cycle.add_lead(3, temperature(3, 100));
    cycle.add_lead(6, temperature(6, 50));
    const References references(cycle);
    const std::string variable = "air_temperature_2m";
    CHECK(references.bytes(variable + "/0.0.0") == stored(cycle.request.leads[0], variable, {0, 0, 0}));
    CHECK(references.bytes(variable + "/1.0.0") == stored(cycle.request.leads[1], variable, {0, 0, 0}));
    const Json array = references.metadata(variable + "/.zarray");
    CHECK(array.at("shape") == Json(Json::Array{2, 3, 4}));
    CHECK(array.at("chunks") == Json(Json::Array{1, 3, 4}));
    CHECK(array.at("dtype") == Json("<f4"));
    CHECK(references.metadata(variable + "/.zattrs").at("_ARRAY_DIMENSIONS") ==
          Json(Json::Array{"time", "latitude", "longitude"}));
}

TEST_CASE("the filters of a variable are stated as its chunks are stored", "[netcdf]") {
    const Json deflated = Json::Array{Json::Object{{"id", "zlib"}, {"level", 1}}};
    const Json shuffled =
        Json::Array{Json::Object{{"id", "shuffle"}, {"elementsize", 4}}, Json::Object{{"id", "zlib"}, {"level", 1}}};
    CycleFixture exact, packing;
    exact.add_lead(3, temperature(3, 100));
    packing.add_lead(3, temperature(3, 100), gfs::Chunks::map, gfs::Precision::packing);
    CHECK(References(exact).metadata("air_temperature_2m/.zarray").at("filters") == deflated);
    CHECK(References(packing).metadata("air_temperature_2m/.zarray").at("filters") == shuffled);
}

TEST_CASE("leads that were stored with other filters have no references together", "[netcdf]") {
    CycleFixture cycle;
    cycle.add_lead(3, temperature(3, 100));
    cycle.add_lead(6, temperature(6, 100), gfs::Chunks::map, gfs::Precision::packing);
    CHECK_THROWS_WITH(References(cycle),
                      Contains("references: 'air_temperature_2m' of '") &&
                          Contains("a.f006.nc' is stored with other filters than in the leads before it"));
}

TEST_CASE("what a lead lacks has no reference and a fill value", "[netcdf]") {
    CycleFixture cycle;
    cycle.add_lead(0, temperature(0, 1));
    cycle.add_lead(6, temperature(6, 100) + rain(0, 6, counted(7)));
    const References references(cycle);
    const std::string variable = "precipitation_amount_surface_bucket";
    CHECK(references.find(variable + "/0.0.0") == nullptr);
    CHECK(references.find(variable + "/1.0.0") != nullptr);
    CHECK(references.metadata(variable + "/.zarray").at("fill_value") == Json(9.969209968386869e+36));
    CHECK(references.metadata("time_bucket/.zarray").at("fill_value") == Json(9.969209968386869e+36));
    CHECK(references.metadata("latitude/.zarray").at("fill_value").is_null());
}

TEST_CASE("a reference stands at its level among those of all leads", "[netcdf]") {
    CycleFixture cycle;
    cycle.add_lead(3, humidity(3, 50000, 1) + humidity(3, 85000, 2));
    cycle.add_lead(6, humidity(6, 50000, 3) + humidity(6, 70000, 4) + humidity(6, 85000, 5));
    const References references(cycle);
    const std::string variable = "relative_humidity_isobaric";
    CHECK(references.bytes(variable + "/0.2.0.0") == stored(cycle.request.leads[0], variable, {0, 1, 0, 0}));
    CHECK(references.find(variable + "/0.1.0.0") == nullptr);
    CHECK(references.bytes(variable + "/1.1.0.0") == stored(cycle.request.leads[1], variable, {0, 1, 0, 0}));
}

TEST_CASE("a reference stands at its member and its level among those of all leads", "[netcdf]") {
    CycleFixture cycle;
    cycle.add_lead(3, two_members(3, 50000, 85000, 1));
    cycle.add_lead(6, two_members(6, 50000, 70000, 11));
    const References references(cycle);
    const std::string variable = "air_temperature_isobaric";
    CHECK(references.bytes(variable + "/0.1.2.0.0") == stored(cycle.request.leads[0], variable, {0, 1, 1, 0, 0}));
    CHECK(references.find(variable + "/0.1.1.0.0") == nullptr);
    CHECK(references.bytes(variable + "/1.1.1.0.0") == stored(cycle.request.leads[1], variable, {0, 1, 1, 0, 0}));
    CHECK(references.metadata(variable + "/.zarray").at("chunks") == Json(Json::Array{1, 1, 1, 3, 4}));
}

TEST_CASE("each tile of a field has a reference", "[netcdf]") {
    const std::vector<double> values(1200, 280);
    const std::string wide =
        encode({.values = values,
                .keys = {{"Ni", 400}, {"iDirectionIncrement", 900000}, {"longitudeOfLastGridPoint", 359100000}}});
    CycleFixture cycle;
    cycle.add_lead(6, wide, gfs::Chunks::series);
    const References references(cycle);
    const std::string variable = "air_temperature_2m";
    CHECK(references.metadata(variable + "/.zarray").at("chunks") == Json(Json::Array{1, 3, 200}));
    CHECK(references.bytes(variable + "/0.0.1") == stored(cycle.request.leads[0], variable, {0, 0, 200}));
}

TEST_CASE("coordinates stand in the references as they are", "[netcdf]") {
    CycleFixture cycle;
    cycle.add_lead(6, humidity(6, 50000, 3) + humidity(6, 85000, 5));
    const References references(cycle);
    CHECK(references.find("isobaric/0")->as_string() == "base64:AAAAAABq6EAAAAAAgMD0QA==");  // 50000, 85000
    CHECK(references.metadata("isobaric/.zattrs").at("units") == Json("Pa"));
    CHECK(references.find("crs/0") != nullptr);
    CHECK(references.metadata(".zattrs").at("id") == Json("gfs.test.cycle"));
}

TEST_CASE("the same leads give the same references and NcML, without a folder's name", "[netcdf]") {
    CycleFixture cycle;
    cycle.add_lead(0, temperature(0, 1));
    cycle.add_lead(6, temperature(6, 100) + rain(0, 6, counted(7)));
    cycle.write();
    const auto content = gfs::read_cycle_content(cycle.request.leads);
    const std::string references = gfs::cycle_references(cycle.request, content);
    CHECK(references == gfs::cycle_references(cycle.request, content));
    CHECK(ncml(cycle).text == gfs::cycle_ncml(cycle.request, content).text);
    for (const std::string& text : {references, ncml(cycle).text})
        CHECK_THAT(text, !Contains(cycle.folder.path().string()));
    CHECK_THAT(references, Contains("\"templates\":{\"u\":\"\"}"));
}

TEST_CASE("NcML joins the leads and declares what each lacks", "[netcdf]") {
    CycleFixture cycle;
    cycle.add_lead(0, temperature(0, 1));
    cycle.add_lead(6, temperature(6, 100) + rain(0, 6, counted(7)));
    const gfs::CycleNcml document = ncml(cycle);
    CHECK(document.left_out.empty());
    CHECK_THAT(document.text, Contains("<aggregation dimName=\"time\" type=\"joinExisting\">"));
    const std::string first = lead_element(document.text, "a.f000.nc");
    CHECK_THAT(first, Contains("coordValue=\"1647367200\""));
    CHECK_THAT(first, Contains("<dimension name=\"bnds\" length=\"2\"/>"));
    CHECK_THAT(first, Contains("<variable name=\"precipitation_amount_surface_bucket\" "
                               "shape=\"time latitude longitude\" type=\"float\">"));
    CHECK_THAT(first, Contains("<attribute name=\"_FillValue\" type=\"float\" value=\"9.969209968386869e+36\"/>"));
    CHECK_THAT(first, Contains("<variable name=\"time_bucket_bnds\" shape=\"time bnds\" type=\"double\">"));
    CHECK_THAT(lead_element(document.text, "a.f006.nc"), !Contains("<variable"));
}

TEST_CASE("NcML declares the levels that a lead lacks with their values", "[netcdf]") {
    CycleFixture cycle;
    cycle.add_lead(3, temperature(3, 1));
    cycle.add_lead(6, temperature(6, 1) + humidity(6, 50000, 3) + humidity(6, 85000, 5));
    const std::string first = lead_element(ncml(cycle).text, "a.f003.nc");
    CHECK_THAT(first, Contains("<dimension name=\"isobaric\" length=\"2\"/>"));
    CHECK_THAT(first, Contains("shape=\"isobaric\" type=\"double\">") && Contains("<values>50000 85000</values>"));
}

TEST_CASE("a field whose levels differ from lead to lead is left out of NcML and named", "[netcdf]") {
    CycleFixture cycle;
    cycle.add_lead(3, temperature(3, 1) + humidity(3, 50000, 1) + humidity(3, 85000, 2));
    cycle.add_lead(6, temperature(6, 1) + humidity(6, 50000, 3) + humidity(6, 70000, 4) + humidity(6, 85000, 5));
    const gfs::CycleNcml document = ncml(cycle);
    REQUIRE(document.left_out.size() == 1);
    CHECK_THAT(document.left_out[0], Contains("'relative_humidity_isobaric'"));
    for (const char* file : {"a.f003.nc", "a.f006.nc"})
        CHECK_THAT(lead_element(document.text, file),
                   Contains("<remove type=\"variable\" name=\"relative_humidity_isobaric\"/>") &&
                       Contains("<remove type=\"variable\" name=\"isobaric\"/>"));
}
