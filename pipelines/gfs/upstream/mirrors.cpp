// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/mirrors.hpp"

#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>

namespace gfs {
namespace {

using namespace std::chrono_literals;
using std::chrono::minutes;

// NOMADS blocks clients above 120 requests a minute, and a block is hard to get lifted: stay well below. It writes
// files in place; the object stores show them whole, and only the inventory may lag by seconds.
//
// A request to any of them takes as long as some megabytes, and costs more than that where requests are rationed.
constexpr KnownMirror mirrors[] = {
    {.name = "nomads",
     .address = "https://nomads.ncep.noaa.gov/pub/data/nccf/com/gfs/prod/",
     .retention = 240h,
     .max_fallback_age = 12h,
     .requests_per_minute = 100,
     .settle_time = 30s,
     .index_request_size = 8'000'000},
    {.name = "aws", .address = "https://noaa-gfs-bdp-pds.s3.amazonaws.com/", .first_day = 2021y / 1 / 1},
    {.name = "gcs", .address = "https://storage.googleapis.com/global-forecast-system/", .first_day = 2021y / 1 / 1},
    {.name = "azure", .address = "https://noaagfs.blob.core.windows.net/gfs/", .retention = 720h},
    {.name = "rda",
     .address = "https://data.rda.ucar.edu/d084001/",
     .first_day = 2015y / 1 / 15,
     .layouts = rda_layouts},
    {.name = "ncei",
     .address = "https://www.ncei.noaa.gov/data/global-forecast-system/access/",
     .first_day = 2016y / 6 / 1,
     .layouts = ncei_layouts},
    {.name = "nomads",
     .address = "https://nomads.ncep.noaa.gov/pub/data/nccf/com/gens/prod/",
     .model = "GEFS",
     .retention = 96h,
     .max_fallback_age = 12h,
     .requests_per_minute = 100,
     .settle_time = 30s,
     .index_request_size = 8'000'000},
    {.name = "aws", .address = "https://noaa-gefs-pds.s3.amazonaws.com/", .model = "GEFS", .first_day = 2020y / 9 / 23},
    {.name = "gcs",
     .address = "https://storage.googleapis.com/gfs-ensemble-forecast-system/",
     .model = "GEFS",
     .first_day = 2021y / 1 / 1},
    {.name = "azure", .address = "https://noaagefs.blob.core.windows.net/gefs/", .model = "GEFS", .retention = 720h},
    {.name = "nomads",
     .address = "https://nomads.ncep.noaa.gov/pub/data/nccf/com/aigfs/prod/",
     .model = "AIGFS",
     .retention = 48h,
     .max_fallback_age = 12h,
     .requests_per_minute = 100,
     .settle_time = 30s,
     .index_request_size = 8'000'000},
    {.name = "aws",
     .address = "https://noaa-nws-graphcastgfs-pds.s3.amazonaws.com/",
     .model = "AIGFS",
     .first_day = 2026y / 4 / 19},
};

std::string_view without_last_slash(std::string_view address) {
    return address.ends_with('/') ? address.substr(0, address.size() - 1) : address;
}

Mirror parse_mirror(std::string_view word, std::string_view model) {
    Mirror mirror = mirror_at(word, model);
    if (mirror.known != nullptr) return mirror;
    // A misspelt name must not pass for a folder that never receives the file.
    const bool may_be_folder =
        (word.find('/') != std::string_view::npos && word.find("://") == std::string_view::npos) ||
        std::filesystem::is_directory(word);
    if (!mirror.is_folder() || may_be_folder) return mirror;
    throw freshet::ParameterError(fmt::format("'{}' is not a mirror: expected one of {}, a URL or a folder", word,
                                              freshet::joined(known_mirror_names(), ", ")));
}

std::string duration_text(std::chrono::hours time) {
    return time < std::chrono::hours(48) ? fmt::format("{} hours", time.count())
                                         : fmt::format("{} days", time.count() / 24);
}

minutes interpolated(const PublicationDelay& a, const PublicationDelay& b, minutes PublicationDelay::*column,
                     int lead) {
    return a.*column + (b.*column - a.*column) * (lead - a.lead) / (b.lead - a.lead);
}

freshet::Time publication_time(const FileKey& key, minutes PublicationDelay::*column) {
    const auto delays = find_product(key.product).publication;
    const auto upper =
        std::ranges::find_if(delays, [&key](const PublicationDelay& row) { return row.lead >= key.lead; });
    if (upper == delays.begin()) return key.cycle + delays.front().*column;
    if (upper == delays.end()) return key.cycle + delays.back().*column;
    return key.cycle + interpolated(*std::prev(upper), *upper, column, key.lead);
}

}  // namespace

std::span<const KnownMirror> known_mirrors() { return mirrors; }

std::vector<std::string> known_mirror_names() {
    std::vector<std::string> names;
    for (const auto& mirror : mirrors)
        if (&mirror == find_known_mirror(mirror.name)) names.emplace_back(mirror.name);
    return names;
}

const KnownMirror* find_known_mirror(std::string_view name_or_address, std::string_view model) {
    const auto name = without_last_slash(name_or_address);
    const auto found = std::ranges::find_if(mirrors, [&](const KnownMirror& mirror) {
        return (mirror.name == name && mirror.model == model) || without_last_slash(mirror.address) == name;
    });
    return found == std::end(mirrors) ? nullptr : &*found;
}

std::string Mirror::host() const {
    if (is_folder()) return {};
    const auto begin = address.find("//") + 2;
    return address.substr(begin, address.find('/', begin) - begin);
}

Mirror mirror_at(std::string_view name_or_address, std::string_view model) {
    const auto* known = find_known_mirror(name_or_address, model);
    if (known == nullptr) known = find_known_mirror(name_or_address);
    if (known != nullptr) {
        return {.name = std::string(known->name), .address = std::string(known->address), .known = known};
    }
    return {.name = std::string(name_or_address), .address = std::string(name_or_address)};
}

std::vector<Mirror> parse_mirrors(std::string_view text, std::string_view model) {
    std::vector<Mirror> parsed;
    for (const auto& word : freshet::split_trimmed(text, ','))
        if (!word.empty()) parsed.push_back(parse_mirror(word, model));
    if (parsed.empty()) throw freshet::ParameterError(fmt::format("'{}' names no mirror", text));
    return parsed;
}

std::string unavailable_reason(const Mirror& mirror, MirrorRole role, const FileKey& key, freshet::Time now) {
    const auto missing_layout = [&] {
        return grib_paths(key, mirror.layouts()).empty()
                   ? fmt::format("it has no lead {} of '{}' for that cycle", key.lead, key.product)
                   : std::string();
    };
    if (mirror.known == nullptr) return missing_layout();
    const auto& known = *mirror.known;
    const auto model = find_product(key.product).model;
    if (known.model != model) return fmt::format("it does not hold {}", model);
    if (key.cycle < known.first_day) return fmt::format("its oldest data is of {:%Y-%m-%d}", known.first_day);
    const auto age = now - key.cycle;
    if (known.retention.count() > 0 && age > known.retention)
        return fmt::format("it keeps cycles for {}", duration_text(known.retention));
    if (role == MirrorRole::fallback && known.max_fallback_age.count() > 0 && age > known.max_fallback_age) {
        return fmt::format("it is a fallback only for cycles of the last {}", duration_text(known.max_fallback_age));
    }
    return missing_layout();
}

freshet::Time earliest_publication(const FileKey& key) { return publication_time(key, &PublicationDelay::earliest); }

freshet::Time usual_publication(const FileKey& key) { return publication_time(key, &PublicationDelay::usual); }

}  // namespace gfs
