// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/file_layout.hpp"

#include "netcdf/inventory_lines.hpp"
#include "netcdf/time_periods.hpp"
#include "netcdf/vertical_levels.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <numeric>
#include <set>
#include <sstream>

namespace gfs {

namespace {

constexpr int first_local_level = 192;

bool is_level_known(const Message& message) {
    const bool is_foreign = message.level.first.type >= first_local_level && message.centre != ncep;
    return !is_foreign && !kind_of(message.level).name.empty();
}

// The average of sums, for one, is none of the two.
bool is_plain_statistic(const Message& message) { return message.time_ranges == 1; }

// "kg m**-2 s**-1" is "kg m-2 s-1" for CF; words like "Numeric" or "(Code table 4.222)" are no units.
std::string units_of_eccodes(std::string units) {
    for (auto at = units.find("**"); at != std::string::npos; at = units.find("**")) units.erase(at, 2);
    if (units == "degree true" || units == "Degree true") return "degree";
    static const std::set<std::string> known{"kg",  "g",   "m", "km", "cm", "mm", "s",  "h",      "day",     "K",
                                             "Pa",  "hPa", "J", "W",  "N",  "%",  "Hz", "degree", "degrees", "mol",
                                             "rad", "sr",  "V", "A",  "T",  "Bq", "dB", "dBZ",    "10",      "1"};
    std::istringstream words(units);
    for (std::string word; words >> word;) {
        const bool is_power_of_ten = word.starts_with("10-") || word == "1";
        if (!is_power_of_ten && !known.contains(word.substr(0, word.find_first_of("-0123456789")))) return "";
    }
    return units;
}

// Names for a message of unknown meaning: eccodes', else its numbers.
CfRow numeric_names(const Message& message, const EccodesNames& names) {
    const bool is_named = names.name != "unknown";
    CfRow row;
    row.long_name = is_named ? names.name : "GRIB2 parameter " + to_text(message.parameter);
    if (is_named) row.units = units_of_eccodes(names.units);
    if (!is_plain_statistic(message)) row.long_name += fmt::format(", {} time ranges", message.time_ranges);
    return row;
}

struct GridName {
    std::string_view earth_relative;
    std::string_view grid_relative;
    std::string_view long_name;
};
constexpr GridName grid_names[] = {
    {"eastward_wind", "x_wind", "wind along the grid's x axis"},
    {"northward_wind", "y_wind", "wind along the grid's y axis"},
    {"surface_downward_eastward_stress", "surface_downward_x_stress", "momentum flux along the grid's x axis"},
    {"surface_downward_northward_stress", "surface_downward_y_stress", "momentum flux along the grid's y axis"}};

// The row of the table. Winds along the axes of a map are not eastward and northward.
CfRow cf_row_of(const Message& message, const CfTable& table, const FindNames& eccodes_names) {
    const CfRow* known = is_plain_statistic(message) ? table.find(message) : nullptr;
    CfRow row = known != nullptr ? *known : numeric_names(message, eccodes_names(message));
    if (message.grid.winds_follow_grid && is_projected(message.grid)) {
        for (const GridName& each : grid_names) {
            if (row.standard_name != each.earth_relative) continue;
            row.standard_name = each.grid_relative;
            row.long_name = each.long_name;
            break;
        }
    }
    return row;
}

// CF wants letters, digits and underscores, a letter first: U-GWD is "u_gwd", 5WAVH is "ncep_5wavh".
std::string base_name(const Message& message, const CfRow& row) {
    if (!row.base_name.empty()) return row.base_name;
    if (!row.standard_name.empty()) return row.standard_name;
    const GribParameter& parameter = message.parameter;
    if (row.ncep_name.empty())
        return fmt::format("parameter_{}_{}_{}", parameter.discipline, parameter.category, parameter.number);
    std::string name;
    for (const char c : row.ncep_name) {
        const auto letter = static_cast<unsigned char>(c);
        name += std::isalnum(letter) != 0 ? static_cast<char>(std::tolower(letter)) : '_';
    }
    return std::isdigit(static_cast<unsigned char>(name.front())) != 0 ? "ncep_" + name : name;
}

/// Groups messages into variables, in the order of their first appearance.
class Planner {
public:
    Planner(const std::vector<Message>& messages, const CfTable& table, const LayoutOptions& options)
        : messages_(messages),
          table_(table),
          options_(options),
          time_periods_(time_periods(messages, options.buckets)) {}

    FileLayout plan() {
        if (messages_.empty()) throw freshet::Error("the file has no message");
        if (options_.unknown == UnknownMessages::refuse) reject_unknown();
        layout_.grid = messages_.front().grid;
        layout_.reference_time = messages_.front().reference_time;
        layout_.time = messages_.front().validity.end;
        layout_.times.push_back({.name = "time", .begin = layout_.time, .end = layout_.time});
        for (std::size_t i = 0; i < messages_.size(); ++i) {
            check_same_lead(messages_[i]);
            assign(i);
        }
        for (Variable& variable : layout_.variables) place_messages(variable);
        name_axes();
        return std::move(layout_);
    }

private:
    [[noreturn]] static void reject(const Message& message, const Message& other, const std::string& what) {
        throw freshet::Error(fmt::format("{} and {} {}", to_text(other.location), to_text(message.location), what));
    }

    void reject_unknown() const {
        std::size_t count = 0;
        std::string first;
        for (const Message& message : messages_) {
            const auto reason = unknown_reason(message, table_);
            if (reason && ++count == 1)
                first =
                    fmt::format("{} ('{}'): {}", to_text(message.location), inventory_line(message, table_), *reason);
        }
        if (count == 0) return;
        throw freshet::Error(
            fmt::format("{} {} of unknown meaning: {}{}; pass --unknown keep to name such variables by numbers", count,
                        count == 1 ? "message is" : "messages are", count == 1 ? "" : "first ", first));
    }

    void check_same_lead(const Message& message) const {
        const Message& first = messages_.front();
        if (!(message.grid == first.grid)) reject(message, first, "have different grids: convert them separately");
        if (message.reference_time != first.reference_time)
            reject(message, first, "are of different cycles: convert them separately");
        if (message.validity.end != first.validity.end)
            reject(message, first, "are valid at different times: convert them separately");
        if (message.traits.member.has_value() != first.traits.member.has_value())
            reject(message, first, "are of a member of an ensemble and of none: convert them separately");
    }

    void assign(std::size_t index) {
        const Message& message = messages_[index];
        CfRow quantity = cf_row_of(message, table_, options_.eccodes_names);
        const std::string cell_method = statistic(message, quantity);
        // The ratio of two temperatures is not a temperature.
        if (cell_method.empty()) quantity.standard_name.clear();
        if (const std::string meaning = process_meaning(message); !meaning.empty())
            quantity.comment += (quantity.comment.empty() ? "" : "; ") + meaning;
        const std::size_t coordinate_of_time = time_coordinate(message, time_periods_[index]);
        const std::string name = product_name(base_name(message, quantity) + "_" + name_suffix(message.level) +
                                                  statistic_suffix(message, cell_method, time_periods_[index]),
                                              message.traits);
        places_.push_back(axes_of(message, quantity));
        const auto [known, is_new] = by_name_.emplace(name, layout_.variables.size());
        if (is_new) {
            layout_.variables.push_back({.name = name,
                                         .cf = row_of_product(message, quantity),
                                         .parameter = message.parameter,
                                         .level = message.level,
                                         .time_coordinate = coordinate_of_time,
                                         .axes = {},
                                         .statistic = message.traits.probability ? "" : cell_method,
                                         .messages = {},
                                         .traits = message.traits});
        }
        Variable& variable = layout_.variables[known->second];
        if (is_repetition(variable, index, coordinate_of_time))
            ++layout_.repetitions;
        else
            variable.messages.push_back(index);
    }

    bool have_one_place(std::size_t one, std::size_t other) const {
        return std::ranges::equal(places_[one], places_[other], [](const Axis& a, const Axis& b) {
            return a.values.front().value == b.values.front().value;
        });
    }

    /// Throws Error where the message has the place of another one and is not equal to it.
    bool is_repetition(const Variable& variable, std::size_t index, std::size_t coordinate_of_time) const {
        const Message& message = messages_[index];
        for (const std::size_t other : variable.messages) {
            const Message& earlier = messages_[other];
            const bool is_of_variable =
                earlier.parameter == message.parameter && variable.time_coordinate == coordinate_of_time &&
                std::ranges::equal(places_[index], places_[other], {}, &Axis::kind, &Axis::kind);
            if (is_of_variable && !have_one_place(index, other)) continue;
            if (is_of_variable && options_.are_equal && options_.are_equal(earlier, message)) return true;
            reject(message, earlier,
                   fmt::format("('{}' and '{}') would both be '{}'", inventory_line(earlier, table_),
                               inventory_line(message, table_), variable.name));
        }
        return false;
    }

    std::size_t time_coordinate(const Message& message, TimePeriod period) {
        if (period == TimePeriod::instant) return 0;
        const Validity& validity = message.validity;
        for (std::size_t i = 1; i < layout_.times.size(); ++i) {
            const TimeCoordinate& known = layout_.times[i];
            if (known.period == period && known.begin == validity.begin) return i;
        }
        layout_.times.push_back({.name = "time_" + period_name(period, validity),
                                 .period = period,
                                 .begin = validity.begin,
                                 .end = validity.end});
        return layout_.times.size() - 1;
    }

    /// The coordinate with all values that the messages have on it, ascending.
    Axis collect(const Variable& variable, std::size_t axis) const {
        Axis result = places_[variable.messages.front()][axis];
        std::map<double, AxisValue> values;
        for (const std::size_t index : variable.messages) {
            const AxisValue& value = places_[index][axis].values.front();
            values.emplace(value.value, value);
        }
        result.values.clear();
        for (const auto& [number, value] : values) result.values.push_back(value);
        if (result.is_dimension()) result.name = dimension_name(result, variable.level);
        return result;
    }

    /// Puts the messages of a variable in the order of its coordinates.
    void place_messages(Variable& variable) {
        std::vector<Axis> axes;
        std::size_t size = 1;
        for (std::size_t i = 0; i < places_[variable.messages.front()].size(); ++i) {
            axes.push_back(collect(variable, i));
            size *= axes.back().values.size();
        }
        std::vector<std::size_t> placed(size, no_message);
        for (const std::size_t index : variable.messages) {
            std::size_t place = 0;
            for (std::size_t i = 0; i < axes.size(); ++i) {
                const auto found =
                    std::ranges::find(axes[i].values, places_[index][i].values.front().value, &AxisValue::value);
                place = place * axes[i].values.size() + static_cast<std::size_t>(found - axes[i].values.begin());
            }
            placed[place] = index;
        }
        variable.messages = std::move(placed);
        for (Axis& axis : axes) {
            const auto known = std::ranges::find(layout_.axes, axis);
            variable.axes.push_back(static_cast<std::size_t>(known - layout_.axes.begin()));
            if (known == layout_.axes.end()) layout_.axes.push_back(std::move(axis));
        }
    }

    // The longest coordinate gets the plain name, the next ones a number.
    void name_axes() {
        std::vector<std::size_t> order(layout_.axes.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return layout_.axes[a].values.size() > layout_.axes[b].values.size();
        });
        std::map<std::string, int> uses;
        for (const std::size_t index : order) {
            std::string& name = layout_.axes[index].name;
            if (const int before = uses[name]++; before > 0) name += fmt::format("{}", before);
        }
    }

    const std::vector<Message>& messages_;
    const CfTable& table_;
    const LayoutOptions& options_;
    std::vector<TimePeriod> time_periods_;
    FileLayout layout_;
    std::map<std::string, std::size_t> by_name_;
    std::vector<std::vector<Axis>> places_;  ///< the coordinates of each message
};

}  // namespace

std::optional<std::string> unknown_reason(const Message& message, const CfTable& table) {
    if (auto trait = unknown_trait(message.traits)) return trait;
    if (!is_plain_statistic(message)) return fmt::format("its interval is made of {} time ranges", message.time_ranges);
    const CfRow* const row = table.find(message);
    if (row == nullptr) {
        return fmt::format("its parameter is {} of '{}', which is not in the CF table", to_text(message.parameter),
                           message.centre);
    }
    if (!is_level_known(message)) return fmt::format("its level is {}, of an unknown type", to_text(message.level));
    if (message.validity.process && !is_process_known(message, *row))
        return fmt::format("its statistical process is {}", *message.validity.process);
    return std::nullopt;
}

std::vector<std::size_t> FileLayout::position(const Variable& variable, std::size_t message) const {
    std::vector<std::size_t> result;
    for (auto axis = variable.axes.rbegin(); axis != variable.axes.rend(); ++axis) {
        const Axis& known = axes[*axis];
        if (known.is_dimension()) result.insert(result.begin(), message % known.values.size());
        message /= known.values.size();
    }
    return result;
}

FileLayout plan_layout(const std::vector<Message>& messages, const CfTable& table, const LayoutOptions& options) {
    return Planner(messages, table, options).plan();
}

}  // namespace gfs
