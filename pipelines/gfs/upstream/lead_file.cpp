// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/lead_file.hpp"

#include "upstream/download.hpp"
#include "upstream/walk.hpp"

#include "freshet/error.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace gfs {
namespace {

using freshet::FailureClass;
using freshet::TransientError;
using std::chrono::seconds;

/// Mirrors copy a file and its inventory one after the other, some minutes apart at most. An inventory that is older by
/// more than this is that of a file which was since replaced.
constexpr std::chrono::minutes max_inventory_lead_time{60};

seconds age(const FileInfo& info, freshet::Time now) {
    return info.last_modified ? std::chrono::floor<seconds>(now - *info.last_modified) : seconds::max();
}

void check_settled(const FileInfo& info, const ReadinessRules& rules, const std::string& address) {
    if (rules.settle_time == seconds::zero()) return;  // whatever the mirror's clock says
    const auto since = age(info, rules.now);
    if (since >= rules.settle_time) return;
    throw TransientError(
        fmt::format("'{}' was written at {:%H:%M:%S} and may still grow: it is taken {} s after that", address,
                    std::chrono::floor<seconds>(*info.last_modified), rules.settle_time.count()),
        FailureClass::not_ready, rules.settle_time - since);
}

bool is_stale(const FileInfo& inventory, const FileInfo& grib) {
    return inventory.last_modified && grib.last_modified &&
           *inventory.last_modified + max_inventory_lead_time < *grib.last_modified;
}

/// A file that was written so lately may yet be replaced by a whole one, and most are.
constexpr std::chrono::hours replacement_window{3};

/// A mirror that mixes up its files, or a link that points astray, would else give one hour's weather for another's.
bool is_about_lead(const Inventory& inventory, int lead) {
    const std::string time = lead == 0 ? "anl" : fmt::format("{} hour fcst", lead);
    bool has_other = false;
    for (const Entry& entry : inventory.entries()) {
        if (entry.time == time) return true;
        has_other = has_other || statistic(entry) == "instant";
    }
    return !has_other;
}

/// Reads the inventory beside the file and throws WrongInventory when it cannot be that of the file.
Inventory published_inventory(Source& source, const std::string& path, const FileInfo& grib, const FileKey& key) {
    const auto read = fetch_inventory(source, path + ".idx", key.cycle);
    if (is_stale(read.info, grib)) {
        throw WrongInventory(fmt::format("the inventory of '{}' is much older than it", source.address(path)));
    }
    check_end(source, path, read.inventory, grib);
    if (!is_about_lead(read.inventory, key.lead))
        throw WrongInventory(fmt::format("the inventory of '{}' is of another lead", source.address(path)));
    return read.inventory;
}

/// The inventory that was published, or else one made from the file.
Inventory inventory_of(Source& source, const std::string& path, const FileInfo& grib, const FileKey& key,
                       const ReadinessRules& rules) {
    try {
        return published_inventory(source, path, grib, key);
    } catch (const WrongInventory&) {
        // The file itself will tell.
    } catch (const TransientError& error) {
        // Making one costs many requests: wait while the published one may still come.
        const bool is_missing = error.failure_class() == FailureClass::not_ready;
        if (!is_missing || age(grib, rules.now) < rules.inventory_grace) throw;
    }
    try {
        Inventory built = index_remote_file(source, path, grib.length, key.cycle, rules.index_request_size);
        if (is_about_lead(built, key.lead)) return built;
        throw BrokenFile(fmt::format("'{}' holds nothing of lead {} but of another, '{}'", source.address(path),
                                     key.lead, built.entries().front().time));
    } catch (const BrokenFile& error) {
        if (age(grib, rules.now) >= replacement_window) throw;
        throw TransientError(error.what(), FailureClass::not_ready);
    }
}

}  // namespace

LeadFile inspect(Source& source, const SourceFile& found, const FileKey& key, const ReadinessRules& rules) {
    check_settled(found.info, rules, source.address(found.path));
    return {found, inventory_of(source, found.path, found.info, key, rules)};
}

}  // namespace gfs
