// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/scan.hpp"
#include "inventory/inventory.hpp"
#include "simulator/publish.hpp"
#include "simulator/synthetic_weather.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace gfs::simulator {

/// Messages of one field each, all on one grid, to be reused as other fields.
class MessagePool {
public:
    explicit MessagePool(const Grid& grid) : grid_(grid) {}

    /// Adds the whole messages of every GRIB2 file in the folder. Throws freshet::Error when none is on this grid.
    void add_folder(const std::filesystem::path& folder);
    /// Adds the messages of a file's content, up to the first that is not whole.
    void add_file(std::string_view grib);

    /// The best substitute for a field: the field itself; a message of about `size` bytes, unless that is 0; one of the
    /// same parameter; any. Among equals the least used.
    const std::string& best_match(const ScannedField& field, std::uint64_t size);
    std::size_t size() const { return messages_.size(); }

private:
    struct Message {
        std::string bytes;
        ScannedField field;
        int used = 0;
    };

    Grid grid_;
    std::vector<Message> messages_;
};

/// Relabels a message of one field: the same packed values with the parameter, level and time of `field`.
std::string rewrite_message(std::string_view message, const ScannedField& field);

/// Publishes a file with all the fields of an inventory below `folder`, and its own inventory: each field is a message
/// of the pool, relabelled. Returns the file's size in bytes.
std::uint64_t publish_clone(const std::filesystem::path& folder, const FileKey& key, const Inventory& like,
                            MessagePool& pool);

}  // namespace gfs::simulator
