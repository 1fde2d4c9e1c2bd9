// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "checks/plausible.hpp"
#include "derive/earlier_sums.hpp"
#include "netcdf/companion.hpp"

#include "freshet/codec.hpp"

#include <optional>
#include <string>
#include <vector>

namespace gfs {

/// What is done with data that no atmosphere can have.
enum class Checks {
    warn,    ///< it is published, and the warnings with it
    refuse,  ///< it is not published
    off,
};

/// One thing that is wrong with a field.
struct Finding {
    std::string check;  ///< "range", "presence", "zeros", "seam", "decrease"
    std::string field;  ///< "air_temperature_isobaric at 500 mb"
    std::string message;

    std::string text() const;
};

/// Looks at every field that goes into a file, those of other processors too if it is the last of them.
class DataChecks final : public FieldProcessor {
public:
    /// `previous` may be nullptr: then it is not known how sums grow.
    explicit DataChecks(PreviousAccumulationReader* previous) : previous_(previous) {}

    void plan(FileLayout& layout, const std::vector<Message>& messages) override;
    void process(std::size_t variable, std::size_t level, std::span<const float> values, const Emit& emit) override;

    std::size_t passed() const { return passed_; }
    const std::vector<Finding>& findings() const { return findings_; }

private:
    /// What must be known of a variable once its values come by.
    struct CheckedVariable {
        std::vector<std::string> fields;  ///< one for each level
        const PlausibleRange* plausible;
        std::optional<Message> sum;  ///< what the values are a sum of
    };

    void record_result(const char* check, const std::string& field, const std::optional<std::string>& problem);
    void check_accumulation(const Message& sum, const std::string& field, std::span<const float> values);

    PreviousAccumulationReader* previous_;
    std::vector<CheckedVariable> variables_;
    std::optional<std::size_t> global_row_length_;  ///< of a grid all around the Earth
    std::size_t passed_ = 0;
    std::vector<Finding> findings_;
};

}  // namespace gfs

template <>
inline constexpr std::pair<gfs::Checks, std::string_view> freshet::enum_names<gfs::Checks>[] = {
    {gfs::Checks::warn, "warn"}, {gfs::Checks::refuse, "refuse"}, {gfs::Checks::off, "off"}};
