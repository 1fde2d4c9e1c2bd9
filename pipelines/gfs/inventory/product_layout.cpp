// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/product_layout.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gfs {
namespace {

constexpr LeadRange hourly_then_3_hourly[] = {{0, 120, 1}, {123, 384, 3}};
constexpr LeadRange every_3_hours[] = {{0, 384, 3}};

constexpr Product products[] = {
    {"pgrb2.0p25", hourly_then_3_hourly},  {"pgrb2.0p50", every_3_hours},  {"pgrb2.1p00", every_3_hours},
    {"pgrb2b.0p25", hourly_then_3_hourly}, {"pgrb2b.0p50", every_3_hours}, {"pgrb2b.1p00", every_3_hours},
    {"pgrb2full.0p50", every_3_hours},
};

/// The path of a layout's files from a cycle on, until its next row for that product; an empty product means all.
struct PathTemplate {
    std::string_view layout;
    std::chrono::sys_days since;
    std::string_view product;
    std::string_view path;
};

using namespace std::chrono_literals;

// The day on which v17 becomes operational is not known; its real-time parallel ran in 2026.
constexpr PathTemplate path_templates[] = {
    {"v16", std::chrono::sys_days{}, "", "gfs.{date}/{hour:02}/gfs.t{hour:02}z.{product}.f{lead:03}"},
    {"v16", 2021y / 3 / 23, "", "gfs.{date}/{hour:02}/atmos/gfs.t{hour:02}z.{product}.f{lead:03}"},
    {"v17", 2026y / 1 / 1, "pgrb2.0p25",
     "gfs.{date}/{hour:02}/products/atmos/grib2/0p25/gfs.t{hour:02}z.pres_a.0p25.f{lead:03}.grib2"},
};

const PathTemplate* find_path_template(std::string_view layout, Cycle cycle, std::string_view product) {
    const PathTemplate* found = nullptr;
    for (const auto& row : path_templates) {
        const bool is_of_product = row.product.empty() || row.product == product;
        if (row.layout == layout && row.since <= cycle && is_of_product) found = &row;
    }
    return found;
}

std::string product_names() {
    std::string names;
    for (const auto& product : products) names += (names.empty() ? "" : ", ") + std::string(product.name);
    return names;
}

}  // namespace

bool Product::has_lead(int lead) const {
    return std::ranges::any_of(lead_ranges, [lead](const LeadRange& range) {
        return lead >= range.first && lead <= range.last && (lead - range.first) % range.step == 0;
    });
}

std::vector<int> Product::leads() const {
    std::vector<int> all;
    for (const auto& range : lead_ranges) {
        for (int lead = range.first; lead <= range.last; lead += range.step) all.push_back(lead);
    }
    return all;
}

const Product& find_product(std::string_view name) {
    const auto* found = std::ranges::find(products, name, &Product::name);
    if (found != std::end(products)) return *found;
    throw freshet::ParameterError(
        fmt::format("'{}' is not a product of GFS; expected one of {}", name, product_names()));
}

std::string grib_path(const FileKey& key) { return grib_paths(key, std::span(all_layouts).first(1)).front(); }

std::vector<std::string> grib_paths(const FileKey& key, std::span<const std::string_view> layouts) {
    const auto day = std::chrono::floor<std::chrono::days>(key.cycle);
    const std::chrono::year_month_day date{day};
    const auto digits = fmt::format("{:04}{:02}{:02}", int{date.year()}, unsigned{date.month()}, unsigned{date.day()});
    std::vector<std::string> paths;
    for (const auto layout : layouts) {
        const auto* const path_template = find_path_template(layout, key.cycle, key.product);
        if (path_template == nullptr) continue;
        paths.push_back(fmt::format(fmt::runtime(path_template->path), fmt::arg("date", digits),
                                    fmt::arg("hour", (key.cycle - day).count()), fmt::arg("product", key.product),
                                    fmt::arg("lead", key.lead)));
    }
    return paths;
}

std::string index_path(const FileKey& key) { return grib_path(key) + ".idx"; }

}  // namespace gfs
