// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "made_up_grib.hpp"

#include <eccodes.h>

#include <algorithm>
#include <bit>
#include <fstream>
#include <memory>
#include <stdexcept>

namespace gfs::test {

std::string octets(std::uint64_t value, int count) {
    std::string bytes;
    for (int i = count - 1; i >= 0; --i) bytes += i < 8 ? static_cast<char>(value >> (8 * i)) : '\0';
    return bytes;
}

namespace {

struct Delete {
    void operator()(grib_handle* handle) const { codes_handle_delete(handle); }
};

void check(int code, const char* key) {
    if (code != CODES_SUCCESS) throw std::runtime_error(std::string(key) + ": " + codes_get_error_message(code));
}

void set(grib_handle* handle, const char* key, long value) { check(codes_set_long(handle, key, value), key); }

void set_text(grib_handle* handle, const char* key, const std::string& value) {
    std::size_t length = value.size();
    check(codes_set_string(handle, key, value.c_str(), &length), key);
}

void set_time(grib_handle* handle, const GribSpec& message) {
    set(handle, "dataDate", 20220315);
    set(handle, "dataTime", 1800);
    set(handle, "productDefinitionTemplateNumber", message.process ? 8 : 0);
    set(handle, "indicatorOfUnitOfTimeRange", 1);
    set(handle, "forecastTime", message.forecast_hour);
    if (!message.process) return;
    const int end = 18 + message.end_hour;  // hours since the day of the start
    set(handle, "typeOfStatisticalProcessing", *message.process);
    set(handle, "indicatorOfUnitForTimeRange", 1);
    set(handle, "lengthOfTimeRange", std::max(0, message.end_hour - message.forecast_hour));
    set(handle, "yearOfEndOfOverallTimeInterval", 2022);
    set(handle, "monthOfEndOfOverallTimeInterval", 3);
    set(handle, "dayOfEndOfOverallTimeInterval", 15 + end / 24);
    set(handle, "hourOfEndOfOverallTimeInterval", end % 24);
    set(handle, "minuteOfEndOfOverallTimeInterval", 0);
    set(handle, "secondOfEndOfOverallTimeInterval", 0);
}

void set_grid(grib_handle* handle, const GribSpec& message) {
    set(handle, "shapeOfTheEarth", 6);
    set(handle, "Ni", 4);
    set(handle, "Nj", 3);
    set(handle, "iDirectionIncrement", 90000000);
    set(handle, "jDirectionIncrement", 90000000);
    set(handle, "latitudeOfFirstGridPoint", message.goes_north ? -90000000 : 90000000);
    set(handle, "latitudeOfLastGridPoint", message.goes_north ? 90000000 : -90000000);
    set(handle, "longitudeOfFirstGridPoint", 0);
    set(handle, "longitudeOfLastGridPoint", 270000000);
    set(handle, "scanningMode", message.goes_north ? 64 : 0);
}

// The kinds come first: setting one of them resets the values.
void set_level(grib_handle* handle, const GribSpec& message) {
    set(handle, "typeOfFirstFixedSurface", message.surface);
    set(handle, "typeOfSecondFixedSurface", message.second_surface.value_or(255));
    set(handle, "scaleFactorOfFirstFixedSurface", message.scale_factor);
    set(handle, "scaledValueOfFirstFixedSurface", message.scaled_value);
    if (!message.second_surface) return;
    set(handle, "scaleFactorOfSecondFixedSurface", message.scale_factor);
    set(handle, "scaledValueOfSecondFixedSurface", message.second_scaled_value);
}

std::uint64_t number_in(const std::string& bytes, std::size_t at) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8U | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

struct Section {
    int number;
    std::string bytes;
};

std::vector<Section> sections_of(const std::string& message) {
    std::vector<Section> sections;
    for (std::size_t at = 16; at + 4 < message.size(); at += sections.back().bytes.size()) {
        sections.push_back({message[at + 4], message.substr(at, number_in(message, at))});
    }
    return sections;
}

std::string message_of(const std::string& start, const std::vector<Section>& sections) {
    std::string body;
    for (const Section& section : sections) body += section.bytes;
    return start.substr(0, 8) + octets(16 + body.size() + 4, 8) + body + "7777";
}

}  // namespace

std::string encode(const GribSpec& message) {
    const std::unique_ptr<grib_handle, Delete> owner(codes_grib_handle_new_from_samples(nullptr, "GRIB2"));
    if (!owner) throw std::runtime_error("eccodes has no sample GRIB2");
    grib_handle* handle = owner.get();
    set(handle, "tablesVersion", 2);
    set(handle, "localTablesVersion", 1);
    set_text(handle, "centre", "kwbc");
    set(handle, "discipline", message.discipline);
    set_time(handle, message);
    set(handle, "parameterCategory", message.category);
    set(handle, "parameterNumber", message.number);
    set(handle, "generatingProcessIdentifier", 96);
    set_grid(handle, message);
    set_level(handle, message);
    for (const auto& [key, value] : message.keys) check(codes_set_double(handle, key, value), key);
    if (message.missing) {
        check(codes_set_double(handle, "missingValue", *message.missing), "missingValue");
        set(handle, "bitmapPresent", 1);
    }
    set_text(handle, "packingType", message.packing);
    set(handle, "bitsPerValue", 16);
    check(codes_set_double_array(handle, "values", message.values.data(), message.values.size()), "values");
    const void* bytes = nullptr;
    std::size_t size = 0;
    check(codes_get_message(handle, &bytes, &size), "message");
    return {static_cast<const char*>(bytes), size};
}

std::string rain(int from, int to, const std::vector<double>& values) {
    return encode({.category = 1,
                   .number = 8,
                   .surface = 1,
                   .scaled_value = 0,
                   .forecast_hour = from,
                   .process = 1,
                   .end_hour = to,
                   .values = values});
}

std::string join_fields(const std::string& first, const std::string& second) {
    std::vector<Section> sections = sections_of(first);
    for (const Section& section : sections_of(second)) {
        if (section.number >= 4) sections.push_back(section);
    }
    return message_of(first, sections);
}

std::string with_section(const std::string& message, int number, const std::string& content) {
    std::vector<Section> sections = sections_of(message);
    std::find_if(sections.begin(), sections.end(), [&](const Section& each) { return each.number == number; })->bytes =
        octets(5 + content.size(), 4) + octets(static_cast<std::uint64_t>(number), 1) + content;
    return message_of(message, sections);
}

std::string without_groups(const std::string& message, float reference, int decimal_scale) {
    constexpr int points = 12;
    const int sign_and_scale = decimal_scale < 0 ? 0x8000 | -decimal_scale : decimal_scale;
    const std::string packing = octets(points, 4) + octets(3, 2) + octets(std::bit_cast<std::uint32_t>(reference), 4) +
                                octets(0, 2) + octets(static_cast<std::uint64_t>(sign_and_scale), 2) +
                                std::string(49 - 19, '\0');
    return with_section(with_section(message, 5, packing), 7, "");
}

std::string with_previous_bitmap(const std::string& message) { return with_section(message, 6, octets(254, 1)); }

void write(const std::filesystem::path& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace gfs::test
