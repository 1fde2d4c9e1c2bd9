// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/file_layout.hpp"

#include "netcdf/inventory_lines.hpp"
#include "netcdf/time_periods.hpp"
#include "netcdf/vertical_levels.hpp"

#include "freshet/error.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <numeric>
#include <set>
#include <sstream>

namespace gfs {

namespace {

// Code table 4.0: a field at an instant or over an interval, alone or as the member of an ensemble.
constexpr std::array plain_products{0, 8, 1, 11};

constexpr int first_local_level = 192;

bool is_level_known(const Message& message) {
    const bool is_foreign = message.level.first.type >= first_local_level && message.centre != ncep;
    return !is_foreign && !kind_of(message.level).name.empty();
}

// A product whose parameter has its usual meaning: not its probability, for one.
bool is_plain_product(const Message& message) {
    return std::find(plain_products.begin(), plain_products.end(), message.product_template) != plain_products.end();
}

// The average of sums, for one, is none of the two.
bool is_plain_statistic(const Message& message) { return message.time_ranges == 1; }

// "kg m**-2 s**-1" is "kg m-2 s-1" for CF; words like "Numeric" or "(Code table 4.222)" are no units.
std::string units_of_eccodes(std::string units) {
    for (auto at = units.find("**"); at != std::string::npos; at = units.find("**")) units.erase(at, 2);
    static const std::set<std::string> known{"kg", "m",      "s",   "K",   "Pa", "J", "W",
                                             "%",  "degree", "mol", "rad", "V",  "dB"};
    std::istringstream words(units);
    for (std::string word; words >> word;)
        if (!known.contains(word.substr(0, word.find_first_of("-0123456789")))) return "";
    return units;
}

// Names for a message of unknown meaning: eccodes', else its numbers.
CfRow numeric_names(const Message& message) {
    const bool is_named = message.eccodes_name != "unknown";
    CfRow row;
    row.long_name = is_named ? message.eccodes_name : "GRIB2 parameter " + to_text(message.parameter);
    if (is_named && is_plain_product(message)) row.units = units_of_eccodes(message.eccodes_units);
    if (!is_plain_product(message)) row.long_name += fmt::format(", product template 4.{}", message.product_template);
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
CfRow cf_row_of(const Message& message, const CfTable& table) {
    const bool is_plain = is_plain_product(message) && is_plain_statistic(message);
    const CfRow* known = is_plain ? table.find(message) : nullptr;
    CfRow row = known != nullptr ? *known : numeric_names(message);
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
    if (row.ncep_name.empty()) {
        return fmt::format("parameter_{}_{}_{}{}", parameter.discipline, parameter.category, parameter.number,
                           is_plain_product(message) ? "" : fmt::format("_template_{}", message.product_template));
    }
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
    Planner(const std::vector<Message>& messages, const CfTable& table, Buckets buckets)
        : messages_(messages), table_(table), time_periods_(time_periods(messages, buckets)) {}

    FileLayout plan(UnknownMessages unknown) {
        if (messages_.empty()) throw freshet::Error("the file has no message");
        if (unknown == UnknownMessages::refuse) reject_unknown();
        layout_.grid = messages_.front().grid;
        layout_.reference_time = messages_.front().reference_time;
        layout_.time = messages_.front().validity.end;
        layout_.member = messages_.front().member;
        layout_.times.push_back({.name = "time", .begin = layout_.time, .end = layout_.time});
        for (std::size_t i = 0; i < messages_.size(); ++i) {
            check_same_lead(messages_[i]);
            assign(i);
        }
        for (Variable& variable : layout_.variables) order_levels(variable);
        name_level_axes();
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
        if (message.member != first.member)
            reject(message, first, "are of different members of an ensemble: convert them separately");
    }

    void assign(std::size_t index) {
        const Message& message = messages_[index];
        CfRow row = cf_row_of(message, table_);
        const std::string cell_method = statistic(message, row);
        // The ratio of two temperatures is not a temperature.
        if (cell_method.empty()) row.standard_name.clear();
        const std::size_t coordinate_of_time = time_coordinate(message, time_periods_[index]);
        const std::string name = base_name(message, row) + "_" + name_suffix(message.level) +
                                 statistic_suffix(message, cell_method, time_periods_[index]);
        const auto [known, is_new] = by_name_.emplace(name, layout_.variables.size());
        if (is_new) {
            layout_.variables.push_back({.name = name,
                                         .cf = row,
                                         .parameter = message.parameter,
                                         .level = message.level,
                                         .time_coordinate = coordinate_of_time,
                                         .levels = {},
                                         .statistic = cell_method,
                                         .messages = {}});
        }
        Variable& variable = layout_.variables[known->second];
        check_distinct(variable, message, coordinate_of_time);
        variable.messages.push_back(index);
    }

    void check_distinct(const Variable& variable, const Message& message, std::size_t coordinate_of_time) const {
        for (const std::size_t other : variable.messages) {
            const Message& earlier = messages_[other];
            const bool is_same_level = earlier.level == message.level || !has_coordinate(message.level) ||
                                       coordinate(earlier.level) == coordinate(message.level);
            if (is_same_level || earlier.parameter != message.parameter ||
                variable.time_coordinate != coordinate_of_time) {
                reject(message, earlier,
                       fmt::format("('{}' and '{}') would both be '{}'", inventory_line(earlier, table_),
                                   inventory_line(message, table_), variable.name));
            }
        }
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

    void order_levels(Variable& variable) {
        std::vector<std::size_t>& indices = variable.messages;
        if (!has_coordinate(variable.level)) return;
        std::sort(indices.begin(), indices.end(), [&](std::size_t a, std::size_t b) {
            return coordinate(messages_[a].level) < coordinate(messages_[b].level);
        });
        LevelAxis axis;
        for (const std::size_t index : indices) axis.levels.push_back(messages_[index].level);
        const auto same = std::find_if(layout_.levels.begin(), layout_.levels.end(),
                                       [&](const LevelAxis& other) { return other.levels == axis.levels; });
        variable.levels = static_cast<std::size_t>(same - layout_.levels.begin());
        if (same == layout_.levels.end()) layout_.levels.push_back(std::move(axis));
    }

    // The set with the most levels gets the plain name, for stable names across files.
    void name_level_axes() {
        std::vector<std::size_t> order(layout_.levels.size());
        std::iota(order.begin(), order.end(), 0U);
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return layout_.levels[a].levels.size() > layout_.levels[b].levels.size();
        });
        std::map<std::string, int> uses;
        for (const std::size_t index : order) {
            LevelAxis& axis = layout_.levels[index];
            const bool is_scalar = axis.levels.size() == 1;
            axis.name = is_scalar ? scalar_name(axis.levels.front()) : dimension_name(axis.levels.front());
            if (const int before = uses[axis.name]++; before > 0) axis.name += fmt::format("{}", before);
        }
    }

    const std::vector<Message>& messages_;
    const CfTable& table_;
    std::vector<TimePeriod> time_periods_;
    FileLayout layout_;
    std::map<std::string, std::size_t> by_name_;
};

bool belongs_to(const Message& message, const FileGroup& group) {
    const Message& first = group.messages.front();
    return message.reference_time == first.reference_time && message.validity.end == first.validity.end &&
           message.member == first.member && message.grid == first.grid;
}

std::string cycle_name(const Message& message) {
    const std::time_t time = std::chrono::system_clock::to_time_t(message.reference_time);
    const bool is_full_hour =
        message.reference_time.time_since_epoch() % std::chrono::hours(1) == std::chrono::seconds(0);
    return is_full_hour ? fmt::format(".{:%Y-%m-%dT%H}", fmt::gmtime(time))
                        : fmt::format(".{:%Y-%m-%dT%H%M}", fmt::gmtime(time));
}

// "f006", or "f000m15" for a quarter of an hour.
std::string lead_name(const Message& message) {
    const auto minutes =
        std::chrono::duration_cast<std::chrono::minutes>(message.validity.end - message.reference_time).count();
    const std::string hours = fmt::format(".f{:03}", minutes / 60);
    return minutes % 60 == 0 ? hours : hours + fmt::format("m{:02}", minutes % 60);
}

/// Builds suffixes from the properties in which the groups differ.
class SuffixBuilder {
public:
    explicit SuffixBuilder(const std::vector<FileGroup>& groups) {
        for (const FileGroup& group : groups) {
            const Message& first = group.messages.front();
            cycles_.insert(first.reference_time);
            leads_.insert(first.validity.end - first.reference_time);
            members_.insert(first.member);
            grid_number(first.grid);
        }
    }

    std::string suffix(const Message& message) {
        std::string name;
        if (cycles_.size() > 1) name += cycle_name(message);
        if (leads_.size() > 1) name += lead_name(message);
        if (members_.size() > 1) name += message.member ? fmt::format(".m{:02}", *message.member) : ".alone";
        if (grids_.size() > 1) name += fmt::format(".grid{}", grid_number(message.grid));
        return name;
    }

private:
    std::size_t grid_number(const Grid& grid) {
        auto known = std::find(grids_.begin(), grids_.end(), grid);
        if (known == grids_.end()) known = grids_.insert(known, grid);
        return static_cast<std::size_t>(known - grids_.begin()) + 1;
    }

    std::set<std::chrono::sys_seconds> cycles_;
    std::set<std::chrono::seconds> leads_;
    std::set<std::optional<int>> members_;
    std::vector<Grid> grids_;
};

}  // namespace

std::optional<std::string> unknown_reason(const Message& message, const CfTable& table) {
    if (!is_plain_product(message))
        return fmt::format("its product definition has template 4.{}", message.product_template);
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

FileLayout plan_layout(const std::vector<Message>& messages, const CfTable& table, UnknownMessages unknown,
                       Buckets buckets) {
    return Planner(messages, table, buckets).plan(unknown);
}

std::vector<Tile> field_tiles(const Grid& grid, Chunks chunks) {
    const auto rows = static_cast<std::size_t>(grid.rows), columns = static_cast<std::size_t>(grid.columns);
    if (chunks == Chunks::map) return {{.rows = rows, .columns = columns}};
    // Opening a lead's file costs more than inflating a tile of this size; smaller ones would only be more.
    constexpr std::size_t most_rows = 192, most_columns = 384;
    const std::size_t down = (rows + most_rows - 1) / most_rows, across = (columns + most_columns - 1) / most_columns;
    const Tile extent{.rows = (rows + down - 1) / down, .columns = (columns + across - 1) / across};
    std::vector<Tile> tiles;
    for (std::size_t row = 0; row < rows; row += extent.rows)
        for (std::size_t column = 0; column < columns; column += extent.columns)
            tiles.push_back({.row = row, .column = column, .rows = extent.rows, .columns = extent.columns});
    return tiles;
}

std::vector<FileGroup> group_messages(const std::vector<Message>& messages) {
    std::vector<FileGroup> groups;
    for (const Message& message : messages) {
        const auto group = std::find_if(groups.begin(), groups.end(),
                                        [&](const FileGroup& each) { return belongs_to(message, each); });
        if (group == groups.end())
            groups.push_back({.suffix = {}, .messages = {message}});
        else
            group->messages.push_back(message);
    }
    SuffixBuilder suffixes(groups);
    for (FileGroup& group : groups) group.suffix = suffixes.suffix(group.messages.front());
    return groups;
}

}  // namespace gfs
