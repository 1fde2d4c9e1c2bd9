// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "netcdf/chunk_file.hpp"
#include "netcdf/cycle_file.hpp"

#include "freshet/digest.hpp"
#include "freshet/error.hpp"
#include "freshet/json.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <netcdf.h>
#include <netcdf>

#include <algorithm>
#include <bit>

namespace gfs {

namespace {

static_assert(std::endian::native == std::endian::little);

using freshet::Json;

template <class T>
std::string inline_values(const netCDF::NcVar& variable, std::size_t size) {
    std::vector<T> values(size);
    variable.getVar(values.data());
    return "base64:" + freshet::base64({reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)});
}

Json to_json(const CycleAttribute& attribute) {
    if (attribute.type == "String") return attribute.text;
    auto numbers = Json::array();
    for (const double number : attribute.numbers) {
        if (attribute.type == "int")
            numbers.push_back(static_cast<std::int64_t>(number));
        else
            numbers.push_back(number);
    }
    return attribute.numbers.size() == 1 ? numbers.as_array().front() : numbers;
}

template <class Attributes>
Json all_attributes(const Attributes& attributes) {
    auto all = Json::object();
    for (const auto& [name, attribute] : attributes) all[name] = to_json(read_attribute(attribute));
    return all;
}

/// The filters of the chunks that the leads are written with.
Json chunk_filters(bool is_shuffled, std::size_t value_size) {
    Json::Array filters;
    if (is_shuffled) filters.push_back(Json::Object{{"id", "shuffle"}, {"elementsize", value_size}});
    filters.push_back(Json::Object{{"id", "zlib"}, {"level", 1}});
    return filters;
}

class ReferenceWriter {
public:
    ReferenceWriter(const CycleFileRequest& request, const CycleContent& content)
        : request_(request), content_(content) {}

    std::string text() {
        const netCDF::NcFile file(request_.netcdf.string(), netCDF::NcFile::read);
        text_ = R"({"version":1,"templates":{"u":""},"refs":{)";
        add_text(".zgroup", Json(Json::Object{{"zarr_format", 2}}).text(), "\n");
        add_text(".zattrs", all_attributes(file.getAtts()).text());
        for (std::size_t lead = 0; lead < request_.leads.size(); ++lead) add_chunks(lead);
        for (const auto& [name, variable] : file.getVars()) describe(name, variable);
        return text_ + chunks_ + "\n}}\n";
    }

private:
    void add_text(const std::string& key, const std::string& value, const char* separator = ",\n") {
        text_ += fmt::format("{}{}:{}", separator, Json(key).text(), Json(value).text());
    }

    void describe(const std::string& name, const netCDF::NcVar& variable) {
        auto attributes = all_attributes(variable.getAtts());
        auto shape = Json::array(), dimensions = Json::array();
        std::size_t size = 1;
        for (const netCDF::NcDim& dimension : variable.getDims()) {
            shape.push_back(dimension.getSize());
            dimensions.push_back(dimension.getName());
            size *= dimension.getSize();
        }
        attributes["_ARRAY_DIMENSIONS"] = dimensions;
        const auto field = content_.fields.find(name);
        const bool is_field = field != content_.fields.end();
        const bool is_integer = variable.getType() == netCDF::ncInt, is_float = variable.getType() == netCDF::ncFloat;
        const Json* const fill = attributes.find("_FillValue");
        const Json array =
            Json::Object{{"zarr_format", 2},
                         {"shape", shape},
                         {"chunks", is_field ? shapes_.at(name) : shape},
                         {"dtype", is_integer ? "<i4"
                                   : is_float ? "<f4"
                                              : "<f8"},
                         {"fill_value", fill != nullptr ? *fill : Json()},
                         {"order", "C"},
                         {"filters", is_field ? chunk_filters(are_shuffled_.at(name), is_float ? 4 : 8) : Json()},
                         {"compressor", nullptr}};
        add_text(name + "/.zarray", array.text());
        add_text(name + "/.zattrs", attributes.text());
        if (is_field) return;
        const std::vector<std::size_t> first(std::max<std::size_t>(1, variable.getDims().size()), 0);
        add_text(fmt::format("{}/{}", name, fmt::join(first, ".")),
                 is_integer ? inline_values<std::int32_t>(variable, size) : inline_values<double>(variable, size));
    }

    void add_chunks(std::size_t lead) {
        ChunkFile file(request_.leads[lead], ChunkFile::Access::read);
        const std::string path = "{{u}}" + request_.leads[lead].filename().string();
        for (const auto& [name, field] : content_.fields) {
            const auto source = std::ranges::find(field.sources, lead, &LeadVariable::lead);
            if (source == field.sources.end()) continue;
            const auto shape = file.chunk_shape(name);
            shapes_.try_emplace(name, Json::Array(shape.begin(), shape.end()));
            check_filters(file, name, lead);
            for (const StoredChunk& chunk : file.chunks(name)) {
                std::vector<std::uint64_t> index = first_point(field, *source, chunk);
                for (std::size_t i = 0; i < index.size(); ++i) index[i] /= shape[i];
                chunks_ +=
                    fmt::format(",\n{}:[{},{},{}]", Json(fmt::format("{}/{}", name, fmt::join(index, "."))).text(),
                                Json(path).text(), chunk.offset, chunk.size);
            }
        }
    }

    // Leads of one dataset differ where one was converted by a version of this program that wrote others.
    void check_filters(ChunkFile& file, const std::string& name, std::size_t lead) {
        const bool is_shuffled = file.is_shuffled(name);
        if (are_shuffled_.try_emplace(name, is_shuffled).first->second != is_shuffled)
            throw freshet::Error(
                fmt::format("references: '{}' of '{}' is stored with other filters than in the leads before it: remove "
                            "the file, so that it is converted again",
                            name, request_.leads[lead].string()));
    }

    // A chunk has one time and one value of each axis, and all points or a tile of them.
    std::vector<std::uint64_t> first_point(const CycleField& field, const LeadVariable& source,
                                           const StoredChunk& chunk) const {
        std::vector<std::uint64_t> point = chunk.start;
        if (field.has_time) point.front() = source.lead;
        for (std::size_t i = 0; i < source.axes.size(); ++i) {
            const std::vector<double>& all = content_.axes[field.axes[i]].content.values;
            std::uint64_t& place = point[i + (field.has_time ? 1 : 0)];
            place = static_cast<std::uint64_t>(std::ranges::find(all, source.axes[i].values.at(place)) - all.begin());
        }
        return point;
    }

    const CycleFileRequest& request_;
    const CycleContent& content_;
    std::string text_;
    std::string chunks_;
    std::map<std::string, Json> shapes_;  ///< of the chunks of each field
    std::map<std::string, bool> are_shuffled_;
};

}  // namespace

std::string cycle_references(const CycleFileRequest& request, const CycleContent& content) {
    try {
        return ReferenceWriter(request, content).text();
    } catch (const netCDF::exceptions::NcException& error) {
        throw freshet::Error(fmt::format("read '{}': {}", request.netcdf.string(), nc_strerror(error.errorCode())));
    }
}

}  // namespace gfs
