// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "checks/field_checks.hpp"
#include "derive/hourly_precipitation.hpp"
#include "netcdf/convert.hpp"

#include "freshet/codec.hpp"

#include <optional>
#include <string>
#include <vector>

namespace gfs {

/// The treatment of implausible data.
enum class Checks {
    warn,    ///< published, with warnings
    refuse,  ///< not published
    off,
};

/// One defect of a field.
struct Finding {
    std::string check;  ///< "range", "presence", "zeros", "seam", "decrease"
    std::string field;  ///< "air_temperature_isobaric at 500 mb"
    std::string message;

    std::string text() const;
};

/// Checks every field that goes into a file; as the last processor, those of the other processors too.
class DataChecks final : public FieldProcessor {
public:
    /// With `previous` nullptr the growth of sums is not checked.
    explicit DataChecks(PreviousAccumulationReader* previous) : previous_(previous) {}

    void plan(FileLayout& layout, const std::vector<Message>& messages) override;
    void process(std::size_t variable, std::size_t level, std::span<const float> values, const Emit& emit) override;

    std::size_t passed() const { return passed_; }
    const std::vector<Finding>& findings() const { return findings_; }

private:
    /// Metadata of a variable that its checks need.
    struct CheckedVariable {
        std::vector<std::string> fields;  ///< one for each level
        const PlausibleRange* plausible;
        std::optional<Message> sum;  ///< its message, for a sum
    };

    void record_result(const char* check, const std::string& field, const std::optional<std::string>& problem);
    void check_accumulation(const Message& sum, const std::string& field, std::span<const float> values);

    PreviousAccumulationReader* previous_;
    std::vector<CheckedVariable> variables_;
    std::optional<std::size_t> global_row_length_;  ///< set for a grid all around the Earth
    std::size_t passed_ = 0;
    std::vector<Finding> findings_;
};

}  // namespace gfs

template <>
inline constexpr std::pair<gfs::Checks, std::string_view> freshet::enum_names<gfs::Checks>[] = {
    {gfs::Checks::warn, "warn"}, {gfs::Checks::refuse, "refuse"}, {gfs::Checks::off, "off"}};
