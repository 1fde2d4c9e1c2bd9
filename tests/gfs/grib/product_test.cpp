// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "grib/product.hpp"

#include "grib/reader.hpp"
#include "grib/scan.hpp"
#include "made_up_grib.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

using gfs::ProductTraits;
using gfs::test::encode;
using gfs::test::GribSpec;

namespace {

using Keys = std::vector<std::pair<const char*, double>>;

/// A message as eccodes encodes it. The scanner must find the same level and time.
gfs::Message decoded(const GribSpec& spec) {
    const freshet::test::TempDir folder;
    const std::string bytes = encode(spec);
    gfs::test::write(folder / "a.grib2", bytes);
    gfs::Message message = gfs::GribReader(folder / "a.grib2").messages().front();
    const gfs::ScannedField scanned = gfs::scan(bytes, "a.grib2").front();
    CHECK(scanned.level == message.level);
    CHECK(scanned.validity == message.validity);
    CHECK(scanned.traits == message.traits);
    CHECK(to_text(message.level) == "103:2");
    return message;
}

ProductTraits traits(const Keys& keys) { return decoded({.keys = keys}).traits; }

const Keys dust{{"constituentType", 62001},
                {"typeOfSizeInterval", 0},
                {"scaleFactorOfFirstSize", 6},
                {"scaledValueOfFirstSize", 10}};

Keys joined(Keys keys, const Keys& more) {
    keys.insert(keys.end(), more.begin(), more.end());
    return keys;
}

}  // namespace

TEST_CASE("type and number of an ensemble's member are read", "[grib]") {
    const Keys member{{"typeOfEnsembleForecast", 2}, {"perturbationNumber", 7}, {"numberOfForecastsInEnsemble", 20}};
    for (const int number : {1, 60}) {
        const auto read = traits(joined({{"productDefinitionTemplateNumber", number}}, member)).member;
        REQUIRE(read);
        CHECK(*read == gfs::StatedMember{.type = 2, .number = 7});
    }
}

TEST_CASE("a derived forecast, a percentile and a process over an area are read", "[grib]") {
    CHECK(traits({{"productDefinitionTemplateNumber", 2}, {"derivedForecast", 4}}).derived == 4);
    CHECK(traits({{"productDefinitionTemplateNumber", 6}, {"percentileValue", 95}}).percentile == 95);
    CHECK(traits({{"productDefinitionTemplateNumber", 15}, {"statisticalProcess", 2}}).area_process == 2);
    CHECK(traits({{"productDefinitionTemplateNumber", 15}, {"statisticalProcess", 255}}) == ProductTraits());
}

TEST_CASE("a probability has its type and the limits that are there", "[grib]") {
    const auto read = traits({{"productDefinitionTemplateNumber", 5},
                              {"probabilityType", 1},
                              {"scaleFactorOfLowerLimit", 255},
                              {"scaledValueOfLowerLimit", 4294967295.0},
                              {"scaleFactorOfUpperLimit", 2},
                              {"scaledValueOfUpperLimit", 27315}})
                          .probability;
    REQUIRE(read);
    CHECK(*read == gfs::Probability{.type = 1, .lower = {}, .upper = 273.15});
}

TEST_CASE("products over an interval have their traits before the interval", "[grib]") {
    for (const auto& [number, keys] :
         {std::pair(9.0, Keys{{"probabilityType", 3}}), std::pair(10.0, Keys{{"percentileValue", 50}}),
          std::pair(11.0, Keys{{"perturbationNumber", 3}}), std::pair(12.0, Keys{{"derivedForecast", 1}}),
          std::pair(42.0, Keys{{"constituentType", 8}}), std::pair(46.0, dust), std::pair(47.0, dust),
          std::pair(61.0, Keys{{"perturbationNumber", 3}})}) {
        INFO("template 4." << number);
        const gfs::Message message = decoded({.forecast_hour = 0,
                                              .process = 1,
                                              .end_hour = 6,
                                              .keys = joined({{"productDefinitionTemplateNumber", number}}, keys)});
        CHECK(message.validity.end - message.validity.begin == std::chrono::hours(6));
        CHECK(message.validity.process == 1);
        CHECK(message.traits != ProductTraits());
    }
}

TEST_CASE("an aerosol has a type, sizes and wavelengths", "[grib]") {
    for (const int number : {44, 45, 48, 49}) {
        INFO("template 4." << number);
        Keys keys = joined({{"productDefinitionTemplateNumber", static_cast<double>(number)}}, dust);
        if (number >= 48)
            keys = joined(keys, {{"typeOfWavelengthInterval", 11},
                                 {"scaleFactorOfFirstWavelength", 9},
                                 {"scaledValueOfFirstWavelength", 550}});
        const ProductTraits read = traits(keys);
        CHECK(read.constituent == 62001);
        REQUIRE(read.size);
        CHECK(read.size->type == 0);
        CHECK(read.size->first == 1e-5);
        CHECK(read.wavelength.has_value() == (number >= 48));
        if (read.wavelength) CHECK(read.wavelength->first == 5.5e-7);
    }
}
