// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/mirrors.hpp"

#include <algorithm>

namespace gfs {
namespace {

using namespace std::chrono_literals;

// NOMADS blocks clients above 120 requests a minute, and being blocked is hard to leave: stay well below. It is no
// archive to fall back on: what the others lack of an older cycle is not worth its patience. It writes files in place;
// the object stores show them whole, and only the inventory may be some seconds off.
//
// A request to any of them costs as much time as some megabytes; where requests are rationed, it costs more than that.
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
};

std::string_view without_last_slash(std::string_view address) {
    return address.ends_with('/') ? address.substr(0, address.size() - 1) : address;
}

}  // namespace

std::span<const KnownMirror> known_mirrors() { return mirrors; }

const KnownMirror* find_known_mirror(std::string_view name_or_address) {
    const auto wanted = without_last_slash(name_or_address);
    const auto found = std::ranges::find_if(mirrors, [wanted](const KnownMirror& mirror) {
        return mirror.name == wanted || without_last_slash(mirror.address) == wanted;
    });
    return found == std::end(mirrors) ? nullptr : &*found;
}

}  // namespace gfs
