// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/forecast_file.hpp"

#include "grib/sections.hpp"
#include "upstream/remote_index.hpp"

#include "freshet/error.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

namespace gfs {
namespace {

using freshet::FailureClass;
using freshet::Json;
using freshet::TransientError;
using std::chrono::seconds;

/// Longest time by which an inventory may precede its file. Mirrors copy the two minutes apart at most; an older
/// inventory is that of a file which was since replaced.
constexpr std::chrono::minutes max_inventory_lead_time{60};

/// Age up to which a broken file may still be replaced by a whole one, as most are.
constexpr std::chrono::hours replacement_window{3};

constexpr std::uint64_t section_0_size = 16;

// A new version of GFS drops some fields, and a calm day packs smaller; both stay far above a truncated upload.
constexpr double min_message_ratio = 0.9;
constexpr double min_size_ratio = 0.7;

seconds age(const FileInfo& info, freshet::Time now) {
    return info.last_modified ? std::chrono::floor<seconds>(now - *info.last_modified) : seconds::max();
}

void check_settled(const FileInfo& info, const ReadinessRules& rules, const std::string& address) {
    if (rules.settle_time == seconds::zero()) return;  // whatever the mirror's clock says
    const auto since = age(info, rules.now);
    if (since >= rules.settle_time) return;
    throw TransientError(
        fmt::format("'{}' was written at {:%H:%M:%S} and may still grow: wait until it is {} s old", address,
                    std::chrono::floor<seconds>(*info.last_modified), rules.settle_time.count()),
        FailureClass::not_ready, rules.settle_time - since);
}

Inventory parse_inventory(std::string_view text, const std::string& address) {
    try {
        return Inventory::parse(text, address);
    } catch (const TransientError& error) {
        throw WrongInventory(error.what());
    }
}

void check_inventory_age(const FileInfo& inventory, const FileInfo& grib, const std::string& address) {
    const bool is_stale = inventory.last_modified && grib.last_modified &&
                          *inventory.last_modified + max_inventory_lead_time < *grib.last_modified;
    if (is_stale) throw WrongInventory(fmt::format("the inventory of '{}' is much older than it", address));
}

/// Throws WrongInventory unless the last message of the inventory ends with the file: else one of them is truncated.
void check_end(Source& source, const SourceFile& file, const Inventory& inventory) {
    const auto last = inventory.last_offset();
    const auto reject = [&](const std::string& reason) {
        throw WrongInventory(fmt::format("the inventory of '{}' does not match its {} bytes: {}",
                                         source.address(file.path), file.info.length, reason));
    };
    if (last + section_0_size > file.info.length) reject(fmt::format("its last message begins at byte {}", last));
    const auto length = stated_length(octets_of(source.get(file.path, {last, last + section_0_size})));
    if (!length) reject(fmt::format("no message begins at byte {}", last));
    if (last + *length != file.info.length) reject(fmt::format("its last message ends at byte {}", last + *length));
}

/// Returns true when the inventory is of that lead. A mirror that mixes up its files, or a misdirected link, would else
/// give one hour's data for another's.
bool is_of_lead(const Inventory& inventory, int lead) {
    const std::string time = lead == 0 ? "anl" : fmt::format("{} hour fcst", lead);
    bool has_other = false;
    for (const Entry& entry : inventory.entries()) {
        if (entry.time == time) return true;
        has_other = has_other || statistic(entry) == "instant";
    }
    return !has_other;
}

/// Throws WrongInventory when a line is of another member of the ensemble, or of a statistic of its members.
void check_member(const Inventory& inventory, const FileKey& key, const std::string& address) {
    const Entry* const other = key.member ? find_other_member(inventory, *key.member) : nullptr;
    if (other != nullptr)
        throw WrongInventory(fmt::format("'{}' is not of the {}: message {} is '{}'", address,
                                         key.member->description(), other->message, other->remarks));
}

/// Reads the inventory beside the file. Throws WrongInventory when it is not that of the file.
Inventory published_inventory(Source& source, const SourceFile& file, const FileKey& key) {
    const auto address = source.address(file.path);
    auto published = fetch_inventory(source, index_path(key, file.path), key.cycle);
    check_inventory_age(published.info, file.info, address);
    check_end(source, file, published.inventory);
    if (!is_of_lead(published.inventory, key.lead))
        throw WrongInventory(fmt::format("the inventory of '{}' is of another lead", address));
    check_member(published.inventory, key, address);
    return std::move(published.inventory);
}

Inventory built_inventory(Source& source, const SourceFile& file, const FileKey& key, const ReadinessRules& rules) {
    try {
        Inventory built = index_remote_file(source, file.path, file.info.length, key.cycle, rules.index_request_size);
        if (!is_of_lead(built, key.lead))
            throw BrokenFile(fmt::format("'{}' is of another lead than {}: its first time is '{}'",
                                         source.address(file.path), key.lead, built.entries().front().time));
        if (key.member && find_other_member(built, *key.member) != nullptr)
            throw BrokenFile(
                fmt::format("'{}' is not of the {}", source.address(file.path), key.member->description()));
        return built;
    } catch (const BrokenFile& error) {
        if (age(file.info, rules.now) >= replacement_window) throw;
        throw TransientError(error.what(), FailureClass::not_ready);
    }
}

Inventory read_inventory(Source& source, const SourceFile& file, const FileKey& key, const ReadinessRules& rules) {
    if (index_path(key, file.path).empty()) return built_inventory(source, file, key, rules);
    try {
        return published_inventory(source, file, key);
    } catch (const WrongInventory&) {
        return built_inventory(source, file, key, rules);
    } catch (const TransientError& error) {
        // Indexing costs many requests: wait while the published inventory may still come.
        const bool is_missing = error.failure_class() == FailureClass::not_ready;
        if (!is_missing || age(file.info, rules.now) < rules.inventory_grace) throw;
    }
    return built_inventory(source, file, key, rules);
}

std::string size_key(const FileKey& key) { return fmt::format("{} f{:03}", key.series(), key.lead); }

bool is_below(std::uint64_t now, std::int64_t expected, double ratio) {
    return static_cast<double>(now) < ratio * static_cast<double>(expected);
}

}  // namespace

bool is_replaced(const FileInfo& then, const FileInfo& now) {
    if (then.length != now.length) return true;
    if (then.last_modified && now.last_modified) return then.last_modified != now.last_modified;
    return then.etag != now.etag;
}

Json to_json(const SourceFile& file) {
    auto json = Json::object();
    json["root"] = file.mirror;
    json["path"] = file.path;
    json["length"] = file.info.length;
    if (file.info.last_modified) json["last_modified"] = file.info.last_modified->time_since_epoch().count();
    json["etag"] = file.info.etag;
    return json;
}

SourceFile source_file_from_json(const Json& json) {
    SourceFile file{.mirror = json.at("root").as_string(), .path = json.at("path").as_string()};
    file.info.length = static_cast<std::uint64_t>(json.at("length").as_integer());
    file.info.etag = json.at("etag").as_string();
    if (const auto* time = json.find("last_modified"))
        file.info.last_modified = freshet::Time(freshet::Time::duration(time->as_integer()));
    return file;
}

FetchedInventory fetch_inventory(Source& source, const std::string& path, Cycle cycle) {
    const auto address = source.address(path);
    const auto file = source.get(path);
    auto inventory = parse_inventory(file.bytes, address);
    const auto expected = fmt::format("{:%Y%m%d%H}", cycle);
    const auto& entries = inventory.entries();
    const auto other = std::ranges::find_if(
        entries, [&expected](const Entry& entry) { return !entry.reference_time.starts_with(expected); });
    if (other != entries.end()) {
        throw WrongInventory(
            fmt::format("the inventory '{}' is of another cycle: message {} has the reference time {} instead of {}",
                        address, other->message, other->reference_time, expected));
    }
    return {.inventory = std::move(inventory), .info = file.info};
}

ForecastFile read_forecast_file(Source& source, const SourceFile& found, const FileKey& key,
                                const ReadinessRules& rules) {
    check_settled(found.info, rules, source.address(found.path));
    return {found, read_inventory(source, found, key, rules)};
}

std::string ExpectedSizes::truncation_reason(const FileKey& key, const ForecastFile& file) const try {
    Json document;
    file_.update_json([&document](Json& current) { document = current; });
    const Json* const expected = document.find(size_key(key));
    if (expected == nullptr) return {};
    const auto messages = expected->at("messages").as_integer();
    const auto bytes = expected->at("bytes").as_integer();
    if (!is_below(file.inventory.message_count(), messages, min_message_ratio) &&
        !is_below(file.info.length, bytes, min_size_ratio)) {
        return {};
    }
    return fmt::format("it has {} messages in {} bytes, the previous file had {} in {}", file.inventory.message_count(),
                       file.info.length, messages, bytes);
} catch (const freshet::Error&) {
    return {};  // no usable record of earlier sizes
}

void ExpectedSizes::record(const FileKey& key, const ForecastFile& file) const {
    try {
        file_.update_json([&](Json& document) {
            document[size_key(key)] =
                Json::Object{{"messages", file.inventory.message_count()}, {"bytes", file.info.length}};
        });
    } catch (const freshet::Error&) {
        return;  // the next cycle records it as well
    }
}

}  // namespace gfs
