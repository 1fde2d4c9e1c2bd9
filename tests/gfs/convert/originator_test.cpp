// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/define_file.hpp"

#include "grib/reader.hpp"
#include "made_up_grib.hpp"
#include "messages.hpp"
#include "netcdf/convert.hpp"
#include "real_data.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <netcdf>

#include <map>

using Catch::Matchers::Contains;

namespace {

using Attributes = std::map<std::string, std::string>;

Attributes attributes_of(const std::vector<gfs::Message>& messages) {
    Attributes attributes;
    for (const auto& [name, text] : gfs::originator_attributes(messages)) attributes[name] = text;
    return attributes;
}

gfs::Message message_of(const std::string& centre, int subcentre, int process) {
    gfs::Message message = gfs::test::messages({{{0, 0, 0}, gfs::test::on(103, 2)}}).front();
    message.centre = centre;
    message.centre_name = "Centre of " + centre;
    message.subcentre = subcentre;
    message.process_identifier = process;
    return message;
}

/// All global attributes of a converted file, as one text.
std::string global_attributes(const std::string& grib) {
    const freshet::test::TempDir folder;
    gfs::test::write(folder / "a.grib2", grib);
    gfs::convert({.grib = folder / "a.grib2", .netcdf = folder / "a.nc", .dataset = {}});
    const netCDF::NcFile file((folder / "a.nc").string(), netCDF::NcFile::read);
    std::string all;
    for (const auto& [name, attribute] : file.getAtts()) {
        if (attribute.getType() != netCDF::ncChar) continue;
        std::string text;
        attribute.getValues(text);
        all += name + "=" + text + "\n";
    }
    return all;
}

}  // namespace

TEST_CASE("a file of the GFS names it, NCEP and the terms of the US government", "[netcdf]") {
    const Attributes gfs = attributes_of({message_of("kwbc", 0, 81), message_of("kwbc", 0, 96)});
    CHECK(gfs.at("source") == "GFS, GRIB2 generatingProcessIdentifier 81, 96");
    CHECK(gfs.at("institution") == "NOAA/NWS/NCEP");
    CHECK(gfs.at("project") == "Global Forecast System");
    CHECK(gfs.at("license") == "public domain");
    CHECK(gfs.at("keywords") == "weather forecast, numerical weather prediction, GFS, atmosphere");
}

TEST_CASE("a file of another model of NCEP names that model and never the GFS", "[netcdf]") {
    const Attributes hrrr = attributes_of({message_of("kwbc", 0, 83)});
    CHECK(hrrr.at("source") == "HRRR, GRIB2 generatingProcessIdentifier 83");
    CHECK(hrrr.at("project") == "High Resolution Rapid Refresh");
    CHECK(hrrr.at("institution") == "NOAA/NWS/NCEP");
    CHECK_FALSE(hrrr.contains("references"));
    CHECK(attributes_of({message_of("kwbc", 2, 107)}).at("source") == "GEFS, GRIB2 generatingProcessIdentifier 107");
    const std::string all = global_attributes(gfs::test::encode({.keys = {{"generatingProcessIdentifier", 83}}}));
    CHECK_THAT(all, Contains("HRRR") && !Contains("GFS") && !Contains("Global Forecast"));
}

TEST_CASE("numbers of processes that are not in NCEP's table name no model", "[netcdf]") {
    for (const gfs::Message& message : {message_of("kwbc", 14, 96), message_of("kwbc", 0, 250)}) {
        const Attributes unknown = attributes_of({message});
        CHECK_FALSE(unknown.contains("project"));
        CHECK(unknown.at("source").starts_with("GRIB2 generatingProcessIdentifier"));
    }
    CHECK(attributes_of({message_of("kwbc", 14, 96)}).at("institution") == "NOAA/NWS/MDL");
}

TEST_CASE("a file of another centre has its name and neither NCEP's nor a licence", "[netcdf]") {
    const Attributes other = attributes_of({message_of("ecmf", 0, 96)});
    CHECK(other.at("institution") == "Centre of ecmf");
    CHECK(other.at("source") == "GRIB2 generatingProcessIdentifier 96");
    CHECK_FALSE(other.contains("license"));
    const std::string all = global_attributes(gfs::test::encode({.keys = {{"centre", 98}}}));
    CHECK_THAT(all,
               Contains("institution=European Cent") && !Contains("NCEP") && !Contains("license") && !Contains("GFS"));
}

TEST_CASE("messages of two centres have no common institution", "[netcdf]") {
    const Attributes both = attributes_of({message_of("kwbc", 0, 96), message_of("ecmf", 0, 150)});
    CHECK_FALSE(both.contains("institution"));
    CHECK_FALSE(both.contains("license"));
    CHECK_FALSE(both.contains("project"));
    CHECK(both.at("source") == "GRIB2 generatingProcessIdentifier 96, 150");
}

TEST_CASE("real files of HRRR, AQM and WAVEWATCH are not called GFS", "[netcdf]") {
    for (const auto& [name, source] :
         {std::pair("hrrr.sfcf01.ugrd.grib2", "HRRR, GRIB2 generatingProcessIdentifier 83"),
          std::pair("aqm.max_1hr_pm25.grib2", "AQM, GRIB2 generatingProcessIdentifier 211"),
          std::pair("multi_1.at_10m.t12z.f147.grib2",
                    "Global Multi-Grid Wave Model, GRIB2 generatingProcessIdentifier 11")}) {
        const auto file = gfs::test::ncep_file(name);
        if (!file) return;
        CHECK(attributes_of(gfs::GribReader(*file).messages()).at("source") == source);
    }
}
