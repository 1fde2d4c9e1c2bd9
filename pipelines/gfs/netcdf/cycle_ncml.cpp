// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/cycle_file.hpp"

#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <netcdf.h>
#include <netcdf>

#include <algorithm>

namespace gfs {

namespace {

std::string element(const CycleAttribute& attribute) {
    if (attribute.type == "String")
        return fmt::format("<attribute name=\"{}\" value=\"{}\"/>", attribute.name,
                           freshet::xml_escaped(attribute.text));
    return fmt::format("<attribute name=\"{}\" type=\"{}\" value=\"{}\"/>", attribute.name, attribute.type,
                       fmt::join(attribute.numbers, " "));
}

/// A variable as some lead has it.
struct Declaration {
    std::vector<std::string> dimensions = {};
    std::string type = {};
    std::string attributes = {};  ///< their elements
    std::string values = {};      ///< empty where it lies on time: they are missing
};

class NcmlWriter {
public:
    NcmlWriter(const CycleFileRequest& request, const CycleContent& content) : request_(request), content_(content) {}

    CycleNcml write() {
        find_shifting_axes();
        for (const auto& [name, field] : content_.fields) check_field(name, field);
        for (std::size_t lead = 0; lead < content_.leads.size(); ++lead) read_declarations(lead);
        text_ =
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<netcdf xmlns=\"http://www.unidata.ucar.edu/namespaces/netcdf/ncml-2.2\">\n";
        add_own_attributes();
        add_fill_values();
        remove_own_attributes_of_leads();
        text_ += "  <aggregation dimName=\"time\" type=\"joinExisting\">\n";
        for (std::size_t lead = 0; lead < content_.leads.size(); ++lead) add_lead(lead);
        text_ += "  </aggregation>\n</netcdf>\n";
        return {.text = std::move(text_), .left_out = std::move(left_out_)};
    }

private:
    // Dimensions whose values differ from lead to lead, with their coordinates and bounds.
    void find_shifting_axes() {
        std::map<std::string, AxisValues> known;
        for (const LeadContent& lead : content_.leads)
            for (const auto& [name, axis] : lead.axes)
                if (known.emplace(name, axis).first->second != axis) removed_.insert({name, name + "_bnds"});
    }

    void check_field(const std::string& name, const CycleField& field) {
        const auto has_it = [&](const LeadContent& lead) { return lead.variables.contains(name); };
        const bool is_steady = std::ranges::all_of(field.sources, [&](const LeadVariable& source) {
            return source.dimensions == field.dimensions &&
                   std::ranges::none_of(source.dimensions,
                                        [&](const std::string& each) { return removed_.contains(each); });
        });
        const auto leads = static_cast<std::size_t>(std::ranges::count_if(content_.leads, has_it));
        if (is_steady && (!field.has_time || leads == field.sources.size())) return;
        removed_.insert(name);
        left_out_.push_back(fmt::format("'{}' lies on other coordinates in some leads, which NcML cannot join", name));
    }

    void read_declarations(std::size_t lead) {
        const auto is_known = [&](const std::string& name) {
            return removed_.contains(name) || declarations_.contains(name);
        };
        if (std::ranges::all_of(content_.leads[lead].variables, is_known)) return;
        const netCDF::NcFile file(request_.leads[lead].string(), netCDF::NcFile::read);
        for (const auto& [name, variable] : file.getVars()) {
            if (is_known(name)) continue;
            Declaration& declaration = declarations_[name];
            std::size_t size = 1;
            for (const netCDF::NcDim& dimension : variable.getDims()) {
                declaration.dimensions.push_back(dimension.getName());
                lengths_[dimension.getName()] = dimension.getSize();
                size *= dimension.getSize();
            }
            declaration.type = variable.getType() == netCDF::ncInt     ? "int"
                               : variable.getType() == netCDF::ncFloat ? "float"
                                                                       : "double";
            for (const auto& [attribute_name, attribute] : variable.getAtts())
                declaration.attributes += element(read_attribute(attribute));
            if (lies_on_time(declaration) || content_.fields.contains(name)) continue;
            std::vector<double> values(size);
            variable.getVar(values.data());
            declaration.values = fmt::format("<values>{}</values>", fmt::join(values, " "));
        }
    }

    static bool lies_on_time(const Declaration& declaration) {
        return !declaration.dimensions.empty() && declaration.dimensions.front() == "time";
    }

    void add_own_attributes() {
        const netCDF::NcFile file(request_.netcdf.string(), netCDF::NcFile::read);
        for (const auto& [name, attribute] : file.getAtts())
            if (own_cycle_attributes.contains(name)) text_ += fmt::format("  {}\n", element(read_attribute(attribute)));
    }

    void add_fill_values() {
        for (const auto& [name, series] : content_.series) {
            if (series.by_lead.size() == content_.leads.size()) continue;
            text_ += fmt::format("  <variable name=\"{}\">{}</variable>\n", name, fill_element());
        }
    }

    void remove_own_attributes_of_leads() {
        if (!content_.texts.contains("precision")) return;
        std::string removals;
        for (const std::string& attribute : own_lead_attributes)
            removals += fmt::format("<remove type=\"attribute\" name=\"{}\"/>", attribute);
        for (const auto& [name, field] : content_.fields)
            if (!removed_.contains(name))
                text_ += fmt::format("  <variable name=\"{}\">{}</variable>\n", name, removals);
    }

    static std::string fill_element() {
        return element({.name = "_FillValue", .type = "double", .numbers = {NC_FILL_DOUBLE}});
    }

    void add_lead(std::size_t lead) {
        const LeadContent& own = content_.leads[lead];
        const auto time = static_cast<std::int64_t>(content_.series.at("time").by_lead.at(lead).front());
        text_ += fmt::format("    <netcdf location=\"{}\" coordValue=\"{}\">\n",
                             freshet::xml_escaped(request_.leads[lead].filename().string()), time);
        std::set<std::string> dimensions = own.dimensions;
        std::string variables;
        for (const auto& [name, declaration] : declarations_) {
            if (own.variables.contains(name)) continue;
            for (const std::string& dimension : declaration.dimensions)
                if (dimensions.insert(dimension).second)
                    text_ += fmt::format("      <dimension name=\"{}\" length=\"{}\"/>\n", dimension,
                                         lengths_.at(dimension));
            const bool needs_fill = lies_on_time(declaration) && !content_.fields.contains(name);
            variables += fmt::format("      <variable name=\"{}\" shape=\"{}\" type=\"{}\">{}{}{}</variable>\n", name,
                                     fmt::join(declaration.dimensions, " "), declaration.type, declaration.attributes,
                                     needs_fill ? fill_element() : "", declaration.values);
        }
        text_ += variables;
        for (const std::string& name : removed_)
            if (own.variables.contains(name))
                text_ += fmt::format("      <remove type=\"variable\" name=\"{}\"/>\n", name);
        text_ += "    </netcdf>\n";
    }

    const CycleFileRequest& request_;
    const CycleContent& content_;
    std::set<std::string> removed_;
    std::map<std::string, Declaration> declarations_;
    std::map<std::string, std::size_t> lengths_;
    std::vector<std::string> left_out_;
    std::string text_;
};

}  // namespace

CycleNcml cycle_ncml(const CycleFileRequest& request, const CycleContent& content) {
    try {
        return NcmlWriter(request, content).write();
    } catch (const netCDF::exceptions::NcException& error) {
        throw freshet::Error(
            fmt::format("read the leads of '{}': {}", request.netcdf.string(), nc_strerror(error.errorCode())));
    }
}

}  // namespace gfs
