// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/scan.hpp"
#include "simulator/grid.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace gfs::simulator {

/// Messages of one field each and all on one grid, to be used again as other fields.
class MessagePool {
public:
    explicit MessagePool(const Grid& grid) : grid_(grid) {}

    /// Those of every GRIB2 file in the folder that are whole. Throws Error when there is none on this grid.
    void add_folder(const std::filesystem::path& folder);
    /// Those of a file's content, up to the first that is not whole.
    void add_file(std::string_view grib);

    /// The best message to stand in for a field: the field itself; one of about `size` bytes, where that is known; one
    /// of the same parameter; any. Among equals they take turns.
    const std::string& best_match(const idx::ScannedField& field, std::uint64_t size);
    std::size_t size() const { return messages_.size(); }

private:
    struct Message {
        std::string bytes;
        idx::ScannedField field;
        int used = 0;
    };

    Grid grid_;
    std::vector<Message> messages_;
};

}  // namespace gfs::simulator
