// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cycle.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace gfs::idx {

/// What a field is about (GRIB2 table 4.2).
struct Parameter {
    int discipline = 0;
    int category = 0;
    int number = 0;

    friend auto operator<=>(const Parameter&, const Parameter&) = default;
};

/// One bound of where a field lies (GRIB2 table 4.5); its number is value * 10^-scale.
struct Surface {
    static constexpr int missing = 255;

    int type = missing;
    int scale = 0;
    std::int64_t value = 0;

    double number() const;
    friend bool operator==(const Surface&, const Surface&) = default;
};

/// How a field sums up a span of time (GRIB2 table 4.10); the span ends at `end` hours after the reference time.
struct Statistic {
    int process = 0;
    int end = 0;

    friend bool operator==(const Statistic&, const Statistic&) = default;
};

/// One field of a GRIB2 file, by its identification sections.
struct ScannedField {
    std::uint64_t offset = 0;  ///< of its message
    int message = 1;           ///< counted from 1
    int submessage = 0;        ///< counted from 1; 0 when alone in its message
    Cycle reference{};
    Parameter parameter{};
    Surface first{};
    Surface second{};
    int start = 0;  ///< hours after the reference time: of the instant, or of the span's begin
    std::optional<Statistic> statistic{};
};

/// Takes up what one section says of the fields that follow it; only those with the reference time (1) and the product
/// (4) do. Throws Error when it is not understood.
void read_section(std::string_view section, ScannedField& field);

/// Numbers the fields of message `number` and appends them; throws Error when there are none.
void append_fields(std::vector<ScannedField>& all, std::vector<ScannedField> fields, int number);

/// Walks the sections of every message. Throws Error, naming `file` and the message, when they do not add up.
std::vector<ScannedField> scan(std::string_view bytes, std::string_view file);

}  // namespace gfs::idx
