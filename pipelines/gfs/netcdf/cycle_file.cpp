// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/cycle_file.hpp"

#include "netcdf/define_file.hpp"
#include "netcdf/virtual_file.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>
#include <netcdf.h>

#include <algorithm>
#include <chrono>
#include <iterator>

namespace gfs {

namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

std::string period_text(seconds period) {
    return fmt::format("PT{}H", std::chrono::duration_cast<std::chrono::hours>(period).count());
}

class CycleFileWriter {
public:
    CycleFileWriter(const CycleFileRequest& request, const CycleContent& content)
        : request_(request), content_(content), file_(request.netcdf) {}

    void write() {
        put_texts();
        add_dimensions();
        for (const auto& [name, series] : content_.series)
            if (name != time_name) add_series(name, series);
        for (const auto& [name, numbers] : content_.numbers)
            if (std::ranges::find(content_.horizontal, name) == content_.horizontal.end()) add_numbers(name, numbers);
        for (const CycleAxis& axis : content_.axes) add_bounds(axis);
        for (const auto& [name, field] : content_.fields) add_field(name, field);
        file_.close();
    }

private:
    static constexpr const char* time_name = "time";

    sys_seconds time_of(std::size_t lead) const {
        return sys_seconds(seconds(static_cast<std::int64_t>(content_.series.at(time_name).by_lead.at(lead).front())));
    }

    void put_texts() {
        file_.copy_attributes(request_.leads.front(), "", "", own_cycle_attributes);
        const std::size_t last = request_.leads.size() - 1;
        sys_seconds begin = time_of(0);
        seconds step = time_of(last) - begin;
        for (std::size_t lead = 1; lead <= last; ++lead) step = std::min(step, time_of(lead) - time_of(lead - 1));
        for (const auto& [name, series] : content_.series)
            for (const auto& [lead, values] : series.by_lead)
                if (series.width > 1)
                    begin = std::min(begin, sys_seconds(seconds(static_cast<std::int64_t>(values.front()))));
        file_.put_text("", "id", request_.id);
        file_.put_text("", "summary",
                       fmt::format("{} times of one forecast. The values lie in the files of the single times, beside "
                                   "this file; what a time lacks is missing.",
                                   request_.leads.size()));
        file_.put_text("", "date_created", std::ranges::max(content_.texts.at("date_created")));
        file_.put_text("", "time_coverage_start", iso_time(begin));
        file_.put_text("", "time_coverage_end", iso_time(time_of(last)));
        file_.put_text("", "time_coverage_duration", period_text(time_of(last) - begin));
        file_.put_text("", "time_coverage_resolution", period_text(step));
    }

    void add_dimensions() {
        const CycleSeries& time = content_.series.at(time_name);
        file_.add_coordinate(time_name, values_over_time(time), true);
        describe(time_name, time.described_by, time_name);
        for (const CycleAxis& each : content_.axes) {
            file_.add_coordinate(each.name, each.content.values, false);
            describe(each.name, each.described_by, each.name_there, {"bounds"});
            if (!each.content.bounds.empty()) file_.put_text(each.name, "bounds", each.name + "_bnds");
        }
        for (const std::string& name : content_.horizontal) {
            const CycleNumbers& numbers = content_.numbers.at(name);
            file_.add_coordinate(name, numbers.values, false);
            describe(name, numbers.described_by, name);
        }
        if (has_bounds()) file_.add_dimension("bnds", 2);
    }

    bool has_bounds() const {
        return std::ranges::any_of(content_.series, [](const auto& each) { return each.second.width > 1; }) ||
               std::ranges::any_of(content_.axes, [](const auto& each) { return !each.content.bounds.empty(); }) ||
               std::ranges::any_of(content_.numbers, [](const auto& each) {
                   return std::ranges::find(each.second.dimensions, "bnds") != each.second.dimensions.end();
               });
    }

    std::vector<double> values_over_time(const CycleSeries& series) const {
        std::vector<double> all;
        for (std::size_t lead = 0; lead < request_.leads.size(); ++lead) {
            const auto found = series.by_lead.find(lead);
            if (found == series.by_lead.end())
                all.insert(all.end(), series.width, NC_FILL_DOUBLE);
            else
                all.insert(all.end(), found->second.begin(), found->second.end());
        }
        return all;
    }

    void add_series(const std::string& name, const CycleSeries& series) {
        std::vector<std::string> dimensions{time_name};
        if (series.width > 1) dimensions.emplace_back("bnds");
        file_.add_numbers(name, dimensions, NumberType::double_real, values_over_time(series));
        describe(name, series.described_by, name);
        if (series.by_lead.size() < request_.leads.size()) file_.put_fill_value(name);
    }

    void add_numbers(const std::string& name, const CycleNumbers& numbers) {
        file_.add_numbers(name, numbers.dimensions, numbers.is_integer ? NumberType::integer : NumberType::double_real,
                          numbers.values);
        describe(name, numbers.described_by, name);
    }

    void add_bounds(const CycleAxis& axis) {
        if (axis.content.bounds.empty()) return;
        file_.add_numbers(axis.name + "_bnds", {axis.name, "bnds"}, NumberType::double_real, axis.content.bounds);
    }

    void add_field(const std::string& name, const CycleField& field) {
        std::vector<std::string> dimensions;
        if (field.has_time) dimensions.emplace_back(time_name);
        for (const std::size_t axis : field.axes) dimensions.push_back(content_.axes[axis].name);
        dimensions.insert(dimensions.end(), content_.horizontal.begin(), content_.horizontal.end());
        std::vector<VirtualPart> parts;
        for (const LeadVariable& source : field.sources) add_parts(parts, field, source);
        file_.add_virtual(name, dimensions, field.is_double ? NumberType::double_real : NumberType::real, parts);
        describe(name, field.described_by, name, own_lead_attributes);
    }

    // One part where the lead has all values of the axes, else one for each that it has of the others.
    void add_parts(std::vector<VirtualPart>& parts, const CycleField& field, const LeadVariable& source) const {
        VirtualPart whole{.file = request_.leads[source.lead].filename().string()};
        if (field.has_time) append(whole, 1, 0, source.lead, 1);
        const std::size_t first_axis = whole.shape.size();
        for (const AxisValues& axis : source.axes) append(whole, axis.values.size(), 0, 0, axis.values.size());
        for (const std::string& name : content_.horizontal) {
            const std::uint64_t size = content_.numbers.at(name).values.size();
            append(whole, size, 0, 0, size);
        }
        std::vector<VirtualPart> of_lead{std::move(whole)};
        for (std::size_t i = 0; i < source.axes.size(); ++i) {
            const AxisValues& all = content_.axes[field.axes[i]].content;
            if (source.axes[i] != all) of_lead = split(of_lead, first_axis + i, source.axes[i].values, all.values);
        }
        std::ranges::move(of_lead, std::back_inserter(parts));
    }

    /// Each part as one for each of its `values` on a dimension, at their places among `all`.
    static std::vector<VirtualPart> split(const std::vector<VirtualPart>& parts, std::size_t dimension,
                                          const std::vector<double>& values, const std::vector<double>& all) {
        std::vector<VirtualPart> result;
        for (VirtualPart part : parts) {
            part.count[dimension] = 1;
            for (std::uint64_t i = 0; i < values.size(); ++i) {
                part.from[dimension] = i;
                part.to[dimension] = static_cast<std::uint64_t>(std::ranges::find(all, values[i]) - all.begin());
                result.push_back(part);
            }
        }
        return result;
    }

    static void append(VirtualPart& part, std::uint64_t shape, std::uint64_t from, std::uint64_t to,
                       std::uint64_t count) {
        part.shape.push_back(shape);
        part.from.push_back(from);
        part.to.push_back(to);
        part.count.push_back(count);
    }

    void describe(const std::string& name, std::size_t lead, const std::string& name_there,
                  const std::set<std::string>& without = {}) {
        file_.copy_attributes(request_.leads[lead], name_there, name, without);
    }

    const CycleFileRequest& request_;
    const CycleContent& content_;
    VirtualFile file_;
};

}  // namespace

const std::set<std::string> own_cycle_attributes{"id",
                                                 "summary",
                                                 "date_created",
                                                 "time_coverage_start",
                                                 "time_coverage_end",
                                                 "time_coverage_duration",
                                                 "time_coverage_resolution"};

const std::set<std::string> own_lead_attributes{"rounding_step", "least_significant_digit"};

void write_cycle_file(const CycleFileRequest& request, const CycleContent& content) {
    CycleFileWriter(request, content).write();
}

}  // namespace gfs
