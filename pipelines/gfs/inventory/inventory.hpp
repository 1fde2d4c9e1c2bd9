// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/scan.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gfs {

/// A line of an inventory: one field of a GRIB file. Fields of one message share its offset.
struct Entry {
    int message = 0;               ///< counted from 1
    int submessage = 0;            ///< counted from 1; 0 when the message holds a single field
    std::uint64_t offset = 0;      ///< position of the message in the file
    std::string reference_time{};  ///< "2025080100"
    std::string name{};            ///< NCEP's abbreviation: "TMP"
    std::string level{};           ///< "2 m above ground"
    std::string time{};            ///< "7 hour fcst", "6-7 hour acc fcst", "anl"
    std::string remarks{};         ///< the rest of the line, verbatim: "ENS=+1:"

    friend bool operator==(const Entry&, const Entry&) = default;
};

/// The fields of a GRIB file and their offsets, as in wgrib2's .idx file.
class Inventory {
public:
    explicit Inventory(std::vector<Entry> entries);
    /// Throws TransientError, since the file may still be written, naming `file`, line and text.
    static Inventory parse(std::string_view text, std::string_view file);

    /// Returns the text that parse() reads as the same inventory.
    std::string text() const;
    const std::vector<Entry>& entries() const { return entries_; }
    /// The number of messages; several fields of one count once.
    std::size_t message_count() const { return offsets_.size(); }
    /// Returns the end of the message at `offset`: the next message's offset. Nothing for the last message, which ends
    /// with the file.
    std::optional<std::uint64_t> end_of(std::uint64_t offset) const;
    std::uint64_t last_offset() const { return offsets_.empty() ? 0 : offsets_.back(); }

    friend bool operator==(const Inventory&, const Inventory&) = default;

private:
    std::vector<Entry> entries_;
    std::vector<std::uint64_t> offsets_;  ///< ascending, each once
};

/// Returns the statistic in an entry's time: "instant", "acc", "ave", "max", "min", or the time itself if unrecognised.
std::string_view statistic(const Entry& entry);

/// Returns a parameter's abbreviation in CfTable, "TMP", or its numbers where it has none: "var discipline=0 center=7
/// local_table=1 parmcat=191 parm=241".
std::string parameter_name(const GribParameter& parameter);

/// Returns the inventory of a scanned file, as wgrib2 writes it.
Inventory inventory_of(const std::vector<ScannedField>& fields);

}  // namespace gfs
