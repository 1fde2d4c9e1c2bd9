// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/rounding.hpp"

#include "made_up_grib.hpp"
#include "netcdf/convert.hpp"
#include "real_data.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>
#include <netcdf>

#include <bit>
#include <cmath>
#include <map>
#include <random>
#include <set>

using gfs::fill_value;
using gfs::Precision;
using gfs::rounding_step;
using gfs::test::encode;

namespace {

std::vector<float> rounded(const std::vector<float>& values, double step) {
    std::vector<float> buffer;
    const auto result = gfs::round_values(values, step, buffer);
    return {result.begin(), result.end()};
}

/// A variable's values and its steps, none where it has no such attribute.
struct Field {
    std::vector<float> values;
    std::vector<double> steps;
};

std::map<std::string, Field> fields_of(const std::filesystem::path& grib, Precision precision) {
    const freshet::test::TempDir folder;
    gfs::convert({.grib = grib, .netcdf = folder / "a.nc", .dataset = {}, .precision = precision});
    const netCDF::NcFile file((folder / "a.nc").string(), netCDF::NcFile::read);
    std::map<std::string, Field> fields;
    for (const auto& [name, variable] : file.getVars()) {
        if (variable.getType() != netCDF::ncFloat) continue;
        std::size_t size = 1;
        for (const auto& dimension : variable.getDims()) size *= dimension.getSize();
        Field& field = fields[name];
        field.values.resize(size);
        variable.getVar(field.values.data());
        const auto attributes = variable.getAtts();
        if (const auto found = attributes.find("rounding_step"); found != attributes.end()) {
            field.steps.resize(found->second.getAttLength());
            found->second.getValues(field.steps.data());
        }
    }
    return fields;
}

/// Errors as parts of the step.
struct Errors {
    double greatest = 0;
    double sum = 0;
    double count = 0;

    void add(const Field& exact, const Field& rounded) {
        const std::size_t points = exact.values.size() / rounded.steps.size();
        for (std::size_t i = 0; i < exact.values.size(); ++i) {
            const double step = rounded.steps[i / points];
            if (step == 0 || exact.values[i] == fill_value) continue;
            const double error = (static_cast<double>(rounded.values[i]) - exact.values[i]) / step;
            greatest = std::max(greatest, std::abs(error));
            sum += error;
            ++count;
        }
    }
};

}  // namespace

TEST_CASE("a step of rounding is the greatest power of two of at most half of the granularity", "[rounding]") {
    CHECK(rounding_step(1) == 0.5);
    CHECK(rounding_step(0.1) == 1.0 / 32);
    CHECK(rounding_step(0.01) == 1.0 / 256);
    CHECK(rounding_step(10) == 4);
    CHECK(rounding_step(-1) == 0);
    for (const double untold : {0.0, 1e-310, 1e-60, 1e40, 1e300, HUGE_VAL}) CHECK(rounding_step(untold) == 0);
}

TEST_CASE("the decimal places of a step are those that its multiples tell apart", "[rounding]") {
    CHECK(gfs::decimal_places(0.5) == 0);
    CHECK(gfs::decimal_places(1.0 / 16) == 1);
    CHECK(gfs::decimal_places(1.0 / 8) == 0);
    CHECK(gfs::decimal_places(1.0 / 1024) == 3);
    CHECK(gfs::decimal_places(16) == -2);
}

TEST_CASE("a value is rounded to the nearest multiple of the step, and a half to the even one", "[rounding]") {
    CHECK(rounded({0.2F, 0.25F, 0.75F, -0.75F, -0.3F, 1e-40F, 0}, 0.5) == std::vector<float>{0, 0, 1, -1, -0.5F, 0, 0});
    CHECK(rounded({3, 5, 7, -5}, 4) == std::vector<float>{4, 4, 8, -4});
}

TEST_CASE("missing values and those of more digits than a float has above the step stay", "[rounding]") {
    for (const double step : {0x1p-149, 0x1p-20, 1.0, 0x1p90}) {
        const std::vector<float> values{fill_value, 0x1.fffffep127F, -0x1.234568p120F, 0};
        CHECK(rounded(values, step) == values);
    }
}

TEST_CASE("a field of one value stays, with or without missing ones", "[rounding]") {
    for (const auto& values : {std::vector<float>{1.3F, 1.3F, fill_value}, std::vector<float>{fill_value, fill_value}})
        CHECK(rounded(values, 0.5) == values);
    CHECK(rounded({1.3F, 1.4F}, 0) == std::vector<float>{1.3F, 1.4F});
}

TEST_CASE("every float is rounded as exact arithmetic does", "[rounding]") {
    std::mt19937 random(3);
    int different = 0;
    for (int i = 0; i < 20'000; ++i) {
        const auto value = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
        if (!std::isfinite(value)) continue;
        const double step = std::ldexp(1.0, static_cast<int>(random() % 200) - 120);
        const double quotient = value / step;
        const float expected =
            std::abs(quotient) < 0x1p51 ? static_cast<float>(std::nearbyint(quotient) * step) : value;
        if (rounded({value, 0, 1}, step).front() != expected) ++different;
    }
    CHECK(different == 0);
}

TEST_CASE("packed values that differ stay different, and their errors have no bias", "[rounding]") {
    constexpr int levels = 80, points = 12;
    std::mt19937 random(5);
    const auto chance = [&] { return static_cast<double>(random() % 1'000'000) * 1e-6; };
    std::string messages;
    for (int level = 1; level <= levels; ++level) {
        std::vector<double> values(points);
        const double least = 600 * chance() - 300, range = 0.01 + 400 * chance();
        for (double& value : values) value = least + range * chance();
        messages += encode({.surface = 100, .scaled_value = 1000 * level, .values = values});
    }
    const freshet::test::TempDir folder;
    gfs::test::write(folder / "a.grib2", messages);
    std::vector<double> steps;
    const gfs::GribReader reader(folder / "a.grib2");
    for (const gfs::Message& message : reader.messages()) steps.push_back(rounding_step(message.packing_step));

    const Field exact = fields_of(folder / "a.grib2", Precision::exact).at("air_temperature_isobaric");
    const Field found = fields_of(folder / "a.grib2", Precision::packing).at("air_temperature_isobaric");
    CHECK(exact.steps.empty());
    REQUIRE(found.steps.size() == levels);
    CHECK(std::multiset<double>(found.steps.begin(), found.steps.end()) ==
          std::multiset<double>(steps.begin(), steps.end()));
    Errors errors;
    errors.add(exact, found);
    CHECK(errors.count == levels * points);
    CHECK(errors.greatest <= 0.5);
    CHECK(errors.greatest > 0.3);
    CHECK(std::abs(errors.sum / errors.count) < 0.1);
    const auto different = [](const Field& field) {
        std::set<std::pair<int, float>> all;
        for (int i = 0; i < levels * points; ++i) all.emplace(i / points, field.values[static_cast<std::size_t>(i)]);
        return all.size();
    };
    CHECK(different(found) == different(exact));
}

TEST_CASE("a constant, and values after a logarithm, are exact beside rounded ones", "[rounding]") {
    const std::vector<double> uneven{0.1, 0.2, 0.3, 0.7, 1.1, 1.3, 1.7, 1.9, 2.3, 2.9, 3.1, 3.7};
    const std::vector<double> constant(12, 273.16);
    const freshet::test::TempDir folder;
    gfs::test::write(folder / "a.grib2",
                     encode({.surface = 100, .scaled_value = 50000, .values = uneven}) +
                         encode({.surface = 100, .scaled_value = 85000, .values = constant}) +
                         encode({.number = 6, .values = uneven, .packing = "grid_simple_log_preprocessing"}));
    const auto exact = fields_of(folder / "a.grib2", Precision::exact);
    const auto found = fields_of(folder / "a.grib2", Precision::packing);
    REQUIRE(found.size() == 2);
    for (const auto& [name, field] : found) {
        const Field& before = exact.at(name);
        if (field.steps.empty()) {
            CHECK(field.values == before.values);
        } else {
            CHECK(field.values != before.values);
            CHECK(std::equal(field.values.begin() + 12, field.values.end(), before.values.begin() + 12));
        }
    }
    CHECK(std::ranges::count_if(found, [](const auto& each) { return each.second.steps.empty(); }) == 1);
}

TEST_CASE("the errors of a real file's rounded values have no bias and are at most half a step", "[rounding]") {
    const auto grib = gfs::test::real_file("gfs.20200804.t12z.0p25.eu49x33.f012.grib2");
    if (!grib) return;
    const auto exact = fields_of(*grib, Precision::exact);
    const auto found = fields_of(*grib, Precision::packing);
    REQUIRE(found.size() == exact.size());
    Errors errors;
    for (const auto& [name, field] : found) {
        if (!field.steps.empty())
            errors.add(exact.at(name), field);
        else
            CHECK(field.values == exact.at(name).values);
    }
    CHECK(errors.count > 500'000);
    CHECK(errors.greatest <= 0.5);
    CHECK(std::abs(errors.sum / errors.count) < 0.02);
}
