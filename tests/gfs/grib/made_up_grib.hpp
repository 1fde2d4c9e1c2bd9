// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gfs::test {

/// A small GRIB2 message to be made: a 4 x 3 grid, 2022-03-15T18 and 6 h ahead unless it says otherwise.
struct GribSpec {
    int discipline = 0;
    int category = 0;
    int number = 0;
    int surface = 103;
    long scaled_value = 2;
    int scale_factor = 0;
    std::optional<int> second_surface = {};
    long second_scaled_value = 0;
    int forecast_hour = 6;            ///< instant, or start of an interval
    std::optional<int> process = {};  ///< code table 4.10; makes it an interval
    int end_hour = 6;                 ///< where the interval ends
    bool goes_north = false;
    std::vector<double> values = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    std::optional<double> missing = {};  ///< this value is marked as missing by a bitmap
    std::string packing = "grid_simple";
    std::vector<std::pair<const char*, double>> keys = {};  ///< eccodes keys set before the values: a product, a grid
};

/// The message's bytes, by eccodes.
std::string encode(const GribSpec& message);

/// A sum of precipitation from one hour of the forecast to another.
std::string rain(int from, int to, const std::vector<double>& values);

/// Two messages of one grid and time as two fields of one message.
std::string join_fields(const std::string& first, const std::string& second);

/// The message with its values replaced by one constant, packed as NCEP packs some of them: complex packing with
/// spatial differencing, without any group. Its bitmap stays.
std::string without_groups(const std::string& message, float reference, int decimal_scale);

/// The message with another content of its section `number`, behind the section's length and number.
std::string with_section(const std::string& message, int number, const std::string& content);

/// `count` big-endian octets of a number.
std::string octets(std::uint64_t value, int count);

/// The message with a bitmap section that says: the same as before.
std::string with_previous_bitmap(const std::string& message);

void write(const std::filesystem::path& path, const std::string& bytes);

}  // namespace gfs::test
