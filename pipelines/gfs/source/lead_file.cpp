// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "source/lead_file.hpp"

#include "source/download.hpp"
#include "source/messages.hpp"
#include "source/walk.hpp"

#include "freshet/error.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace gfs {
namespace {

using freshet::FailureClass;
using freshet::TransientError;
using std::chrono::seconds;

/// Roots copy a file and its inventory one after the other, some minutes apart at most. An inventory that is older by
/// more than this is that of a file which was since replaced.
constexpr std::chrono::minutes inventory_early{60};

seconds age(const FileFacts& facts, freshet::Time now) {
    return facts.last_modified ? std::chrono::floor<seconds>(now - *facts.last_modified) : seconds::max();
}

void check_settled(const FileFacts& facts, const Readiness& readiness, const std::string& address) {
    if (readiness.settles == seconds::zero()) return;  // whatever the root's clock says
    const auto since = age(facts, readiness.now);
    if (since >= readiness.settles) return;
    throw TransientError(fmt::format("'{}' was written at {:%H:%M:%S} and may still grow: it is taken {} s after that",
                                     address, std::chrono::floor<seconds>(*facts.last_modified), readiness.settles.count()),
                         FailureClass::not_yet, readiness.settles - since);
}

bool is_stale(const FileFacts& inventory, const FileFacts& grib) {
    return inventory.last_modified && grib.last_modified &&
           *inventory.last_modified + inventory_early < *grib.last_modified;
}

/// A file that was written so lately may yet be replaced by a whole one, and most are.
constexpr std::chrono::hours young{3};

/// A root that mixes up its files, or a link that points astray, would else give one hour's weather for another's.
bool speaks_of(const Inventory& inventory, int lead) {
    const std::string time = lead == 0 ? "anl" : fmt::format("{} hour fcst", lead);
    bool has_other = false;
    for (const Entry& entry : inventory.entries()) {
        if (entry.time == time) return true;
        has_other = has_other || statistic(entry) == "instant";
    }
    return !has_other;
}

/// Reads the inventory beside the file and throws WrongInventory when it cannot be that of the file.
Inventory published_inventory(Source& source, const std::string& path, const FileFacts& grib, const LeadName& name) {
    const auto read = fetch_inventory(source, path + ".idx", name.cycle);
    if (is_stale(read.facts, grib)) {
        throw WrongInventory(fmt::format("the inventory of '{}' is much older than it", source.address(path)));
    }
    check_end(source, path, read.inventory, grib);
    if (!speaks_of(read.inventory, name.lead))
        throw WrongInventory(fmt::format("the inventory of '{}' is of another lead", source.address(path)));
    return read.inventory;
}

/// The inventory that was published, or else one made from the file.
Inventory inventory_of(Source& source, const std::string& path, const FileFacts& grib, const LeadName& name,
                       const Readiness& readiness) {
    try {
        return published_inventory(source, path, grib, name);
    } catch (const WrongInventory&) {
        // The file itself will tell.
    } catch (const TransientError& error) {
        // Making one costs many requests: wait while the published one may still come.
        const bool is_missing = error.failure_class() == FailureClass::not_yet;
        if (!is_missing || age(grib, readiness.now) < readiness.inventory_late) throw;
    }
    try {
        Inventory walked = walked_inventory(source, path, grib.length, name.cycle, readiness.walk_window);
        if (speaks_of(walked, name.lead)) return walked;
        throw BrokenFile(fmt::format("'{}' holds nothing of lead {} but of another, '{}'", source.address(path), name.lead,
                                     walked.entries().front().time));
    } catch (const BrokenFile& error) {
        if (age(grib, readiness.now) >= young) throw;
        throw TransientError(error.what(), FailureClass::not_yet);
    }
}

}  // namespace

LeadFile inspect(Source& source, const SourceFile& found, const LeadName& name, const Readiness& readiness) {
    check_settled(found.facts, readiness, source.address(found.path));
    return {found, inventory_of(source, found.path, found.facts, name, readiness)};
}

}  // namespace gfs
