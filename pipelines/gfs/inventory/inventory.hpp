// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gfs {

/// One line of an inventory: one field of a GRIB file. Fields of one message share its offset.
struct Entry {
    int message = 0;               ///< counted from 1
    int submessage = 0;            ///< counted from 1; 0 when the message holds a single field
    std::uint64_t offset = 0;      ///< of the message in the file
    std::string reference_time{};  ///< "2025080100"
    std::string name{};            ///< NCEP's abbreviation: "TMP"
    std::string level{};           ///< "2 m above ground"
    std::string time{};            ///< "7 hour fcst", "6-7 hour acc fcst", "anl"
    std::string remarks{};         ///< what follows, as it stands: "ENS=+1:"

    friend bool operator==(const Entry&, const Entry&) = default;
};

/// What a GRIB file holds and where, as wgrib2 writes it beside the file (.idx).
class Inventory {
public:
    explicit Inventory(std::vector<Entry> entries);
    /// Throws TransientError (the file may have been read while it was written), naming `file`, line and text.
    static Inventory parse(std::string_view text, std::string_view file);

    /// The lines, each ended by a newline; parse() reads them again as the same inventory.
    std::string text() const;
    const std::vector<Entry>& entries() const { return entries_; }
    /// How many messages there are; fields that share one count once.
    std::size_t message_count() const { return offsets_.size(); }
    /// Where the message at `offset` ends: at the next one. Nothing for the last message, which ends with the file.
    std::optional<std::uint64_t> end_of(std::uint64_t offset) const;
    std::uint64_t last_offset() const { return offsets_.empty() ? 0 : offsets_.back(); }

    friend bool operator==(const Inventory&, const Inventory&) = default;

private:
    std::vector<Entry> entries_;
    std::vector<std::uint64_t> offsets_;  ///< ascending, each once
};

/// What happened to a field over its time, by an entry's time: "instant", "acc", "ave", "max", "min" or as written.
std::string_view statistic(const Entry& entry);

}  // namespace gfs
