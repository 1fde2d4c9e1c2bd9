// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/generate.hpp"

#include "inventory/inventory.hpp"
#include "inventory/product_layout.hpp"
#include "inventory/selection.hpp"
#include "real_data.hpp"
#include "simulator/publish.hpp"
#include "support/temp_dir.hpp"

#include "freshet/file.hpp"

#include <eccodes.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <memory>

using namespace gfs::simulator;
using gfs::inventory_of;
using gfs::scan;
using namespace std::chrono_literals;

namespace {

const gfs::Cycle cycle = std::chrono::sys_days{2026y / 11 / 21} + 0h;
constexpr Grid small{.columns = 72, .rows = 37};

/// One message as eccodes, which knows nothing of how it was made, reads it.
class Decoded {
public:
    static constexpr double missing = -1e30;

    explicit Decoded(std::string_view message)
        : handle_(codes_handle_new_from_message_copy(nullptr, message.data(), message.size()), &codes_handle_delete) {
        REQUIRE(handle_ != nullptr);
    }
    long number(const char* key) const {
        long value = 0;
        REQUIRE(codes_get_long(handle_.get(), key, &value) == 0);
        return value;
    }
    std::vector<double> latitudes() const {
        std::size_t size = 0;
        REQUIRE(codes_get_size(handle_.get(), "latitudes", &size) == 0);
        std::vector<double> latitudes(size);
        REQUIRE(codes_get_double_array(handle_.get(), "latitudes", latitudes.data(), &size) == 0);
        return latitudes;
    }
    std::vector<double> values() const {
        codes_set_double(handle_.get(), "missingValue", missing);
        std::size_t size = 0;
        REQUIRE(codes_get_size(handle_.get(), "values", &size) == 0);
        std::vector<double> values(size);
        REQUIRE(codes_get_double_array(handle_.get(), "values", values.data(), &size) == 0);
        return values;
    }

private:
    std::unique_ptr<codes_handle, int (*)(codes_handle*)> handle_;
};

std::vector<Decoded> decoded(std::string_view file) {
    std::vector<Decoded> messages;
    const auto fields = scan(file, "made");
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const auto end = i + 1 < fields.size() ? fields[i + 1].offset : file.size();
        messages.emplace_back(file.substr(fields[i].offset, end - fields[i].offset));
    }
    return messages;
}

/// Name, level and time of each entry that the portal selection wants, one a line.
std::string portal_lines(const gfs::Inventory& inventory) {
    std::string lines;
    for (const auto& entry : gfs::Selection::parse("portal").select(inventory)) {
        lines += entry.name + ':' + entry.level + ':' + entry.time + '\n';
    }
    return lines;
}

}  // namespace

TEST_CASE("an independent decoder reads the intended values", "[gfs]") {
    const Weather weather(small);
    const auto fields = synthetic_fields(7);
    const auto meant = synthetic_values(weather, {.cycle = cycle, .lead = 7});
    const auto messages = decoded(synthetic_file(weather, {.cycle = cycle, .lead = 7}));
    REQUIRE(messages.size() == 54);
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const auto values = messages[i].values();
        REQUIRE(values.size() == small.size());
        double worst = 0;
        for (std::size_t k = 0; k < values.size(); ++k) {
            // Half a packing step, and what float arithmetic on the way may add.
            worst = std::max(worst, std::abs(values[k] - meant[i][k]) - 1e-6 * std::abs(values[k]));
        }
        CAPTURE(i, parameter_name(fields[i].parameter));
        CHECK(worst <= fields[i].tolerance() * 1.001);
    }
}

TEST_CASE("fields are packed in template 5.3 with second order differences, as NCEP does", "[gfs]") {
    const auto messages = decoded(synthetic_file(Weather(small), {.cycle = cycle, .lead = 7}));
    for (const auto& message : messages) {
        CHECK(message.number("dataRepresentationTemplateNumber") == 3);
        CHECK(message.number("orderOfSpatialDifferencing") == 2);
        CHECK(message.number("generatingProcessIdentifier") == 96);
        CHECK(message.number("latitudeOfFirstGridPoint") == 90'000'000);
        CHECK(message.number("iDirectionIncrement") == 5'000'000);
    }
}

TEST_CASE("spans of time end at the lead and start with their bucket or the run", "[gfs]") {
    const auto messages = decoded(synthetic_file(Weather(small), {.cycle = cycle, .lead = 7}));
    const auto& bucket = messages[18];
    CHECK(bucket.number("startStep") == 6);
    CHECK(bucket.number("endStep") == 7);
    CHECK(bucket.number("dayOfEndOfOverallTimeInterval") == 21);
    CHECK(bucket.number("hourOfEndOfOverallTimeInterval") == 7);
    CHECK(messages[19].number("startStep") == 0);
    CHECK(messages[19].number("endStep") == 7);
}

TEST_CASE("a generated inventory has NCEP's fields in NCEP's order", "[gfs]") {
    const Weather weather(small);
    for (const auto& [lead, name] : {std::pair(0, "idx/reform.gfs.t00z.pgrb2.0p25.f000.idx"),
                                     std::pair(7, "idx/reform.gfs.t00z.pgrb2.0p25.f007.idx")}) {
        const auto published = gfs::test::real_file(name);
        if (!published) return;
        const auto made = inventory_of(scan(synthetic_file(weather, {.cycle = cycle, .lead = lead}), "made"));
        CHECK(portal_lines(made) == portal_lines(gfs::Inventory::parse(freshet::read_file(*published), name)));
        CHECK(made.entries().size() == (lead == 0 ? 31 : 54));
    }
}

TEST_CASE("generating a cycle twice gives the same bytes", "[gfs]") {
    const freshet::test::TempDir folder;
    const auto run = [&folder](const char* name) {
        generate({.folder = folder / name, .cycle = cycle, .leads = {0, 1, 2, 6}, .grid = small});
        return folder / name / "gfs.20261121" / "00" / "atmos";
    };
    const auto first = run("a"), second = run("b");
    for (const auto* lead : {"f000", "f001", "f002", "f006"}) {
        const auto name = std::string("gfs.t00z.pgrb2.0p25.") + lead;
        CHECK(freshet::read_file(first / name) == freshet::read_file(second / name));
        CHECK(freshet::read_file(first / (name + ".idx")) == freshet::read_file(second / (name + ".idx")));
        CHECK(std::filesystem::last_write_time(first / name) == std::filesystem::last_write_time(second / name));
    }
    CHECK_FALSE(std::filesystem::exists(first / "gfs.t00z.pgrb2.0p25.f003"));
}

TEST_CASE("an independent decoder reads the missing values of unusual fields", "[gfs]") {
    const Weather weather(small);
    const auto meant = synthetic_values(weather, {.cycle = cycle, .lead = 7}, FieldSet::odd);
    const auto messages = decoded(synthetic_file(weather, {.cycle = cycle, .lead = 7}, FieldSet::odd));
    REQUIRE(messages.size() == 58);
    for (const std::size_t i : {54U, 55U, 56U}) {
        CAPTURE(i);
        const bool has_bitmap = i == 54;
        CHECK(messages[i].number("bitmapPresent") == (has_bitmap ? 1 : 0));
        CHECK(messages[i].number("missingValueManagementUsed") == (has_bitmap ? 0 : 1));
        const auto values = messages[i].values();
        const auto missing_values = std::ranges::count(values, Decoded::missing);
        CHECK(missing_values > 100);
        CHECK(missing_values == std::ranges::count_if(meant[i], [](float value) { return std::isnan(value); }));
        for (std::size_t k = 0; k < values.size(); ++k)
            CHECK(std::isnan(meant[i][k]) == (values[k] == Decoded::missing));
    }
    CHECK(messages[54].number("scaledValueOfSecondFixedSurface") == 1);
}

TEST_CASE("a generated constant has no groups, like NCEP's", "[gfs]") {
    const auto file = synthetic_file(Weather(small), {.cycle = cycle, .lead = 7}, FieldSet::odd);
    const auto messages = decoded(file);
    const auto& last = messages.back();
    CHECK(last.number("numberOfGroupsOfDataValues") == 0);
    CHECK(last.number("section7Length") == 5);
    CHECK(last.number("decimalScaleFactor") == 1);
}

TEST_CASE("a file of all fields is generated from a few", "[gfs]") {
    const freshet::test::TempDir folder;
    generate({.folder = folder.path(), .cycle = cycle, .leads = {0, 3}, .grid = small, .fields = FieldSet::all});
    const auto path = [&](int lead) { return folder / gfs::grib_path({cycle, "pgrb2.0p25", lead}); };
    CHECK(scan(freshet::read_file(path(0)), "f000").size() == 696);
    CHECK(scan(freshet::read_file(path(3)), "f003").size() == 743);
}

TEST_CASE("a later revision of a file has the same fields, other values and a later date", "[gfs]") {
    const Weather weather(small);
    const FileKey first{.cycle = cycle, .lead = 7}, second{.cycle = cycle, .lead = 7, .revision = 2};
    const auto before = synthetic_file(weather, first), after = synthetic_file(weather, second);
    CHECK(before != after);
    CHECK(portal_lines(inventory_of(scan(before, "first"))) == portal_lines(inventory_of(scan(after, "second"))));
    CHECK(publication_time(second) == publication_time(first) + 1h);
}

TEST_CASE("an independent decoder finds the rows of a Gaussian grid where the simulator puts them", "[gfs]") {
    const Grid grid = parse_grid("small", "sfluxgrb");
    REQUIRE(grid.is_gaussian);
    const auto messages = decoded(synthetic_file(Weather(grid), {.cycle = cycle, .product = "sfluxgrb", .lead = 3}));
    REQUIRE(!messages.empty());
    CHECK(messages.front().number("gridDefinitionTemplateNumber") == 40);
    CHECK(messages.front().number("N") == 18);
    const auto latitudes = messages.front().latitudes();
    REQUIRE(latitudes.size() == grid.size());
    for (std::size_t row = 0; row < grid.rows; ++row)
        CHECK(latitudes[row * grid.columns] == Approx(grid.latitude(row) / Grid::degree).margin(1e-9));
}

TEST_CASE("a file of an ensemble states its member or statistic, and other values than the others", "[gfs]") {
    const Weather weather(small);
    const auto first = [&](const char* member, int lead) {
        const FileKey key{
            .cycle = cycle, .product = "gefs.pgrb2a.0p50", .lead = lead, .member = gfs::EnsembleMember::parse(member)};
        return std::move(decoded(synthetic_file(weather, key)).front());
    };
    const auto control = first("c00", 3), member = first("p02", 3), mean = first("avg", 3), spread = first("spr", 3);
    CHECK(control.number("productDefinitionTemplateNumber") == 1);
    CHECK(control.number("typeOfEnsembleForecast") == 1);
    CHECK(member.number("typeOfEnsembleForecast") == 3);
    CHECK(member.number("perturbationNumber") == 2);
    CHECK(mean.number("productDefinitionTemplateNumber") == 2);
    CHECK(mean.number("derivedForecast") == 0);
    CHECK(spread.number("derivedForecast") == 4);
    CHECK(control.values() != member.values());
    double sum = 0, deviation = 0;
    for (const char* each : {"c00", "p01", "p02", "p03", "p04"}) sum += first(each, 3).values()[1000];
    for (const char* each : {"c00", "p01", "p02", "p03", "p04"})
        deviation += std::pow(first(each, 3).values()[1000] - sum / 5, 2);
    CHECK(mean.values()[1000] == Approx(sum / 5).margin(0.1));  // the pressure is packed in tenths of a pascal
    CHECK(spread.values()[1000] == Approx(std::sqrt(deviation / 5)).margin(0.1));
}

TEST_CASE("the fields of each product that is generated are those of its inventory", "[gfs]") {
    const Weather weather(small);
    const auto inventory = [&](const char* product, int lead) {
        return inventory_of(scan(synthetic_file(weather, {.cycle = cycle, .product = product, .lead = lead}), "made"));
    };
    const auto waves = inventory("gfswave.global.0p25", 3).text();
    CHECK(waves.find(":HTSGW:surface:3 hour fcst:") != std::string::npos);
    CHECK(waves.find(":SWELL:2 in sequence:3 hour fcst:") != std::string::npos);
    CHECK(inventory("gfswave.global.0p25", 0).entries().size() == 19);
    CHECK(inventory("sfluxgrb", 3).text().find("PRMSL") == std::string::npos);
    CHECK(inventory("aigfs.pres", 6).text().find(":HGT:500 mb:6 hour fcst:") != std::string::npos);
    CHECK(inventory("gdas.pgrb2.0p25", 3).entries().size() == 54);
    CHECK_THROWS_WITH(inventory("gfs", 3), "'gfs' is not a product that can be generated");
}
