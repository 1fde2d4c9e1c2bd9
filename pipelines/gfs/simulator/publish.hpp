// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inventory/product_layout.hpp"

#include "freshet/clock.hpp"

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

namespace gfs::simulator {

using gfs::FileKey;

/// The approximate time at which NCEP would have published the file: the same for the same key, so that outputs made
/// from a simulator's files are reproducible.
freshet::Time publication_time(const FileKey& key);

/// Writes GRIB bytes and their inventory to their paths below `folder`.
void publish_file(const std::filesystem::path& folder, const FileKey& key, std::string_view grib);

/// Publishes a copy of a local file. Throws freshet::Error when it is not whole GRIB2 throughout.
void add_file(const std::filesystem::path& folder, const FileKey& key, const std::filesystem::path& file);

/// Reads a whole file. Throws freshet::Error with the system's reason.
std::string read_file(const std::filesystem::path& path);

/// A file that is written beside its path, in a folder created for it, and renamed into place. Removed unless
/// committed. Each function throws freshet::Error with the system's reason.
class StagedFile {
public:
    explicit StagedFile(std::filesystem::path path);
    ~StagedFile();
    StagedFile(const StagedFile&) = delete;
    StagedFile& operator=(const StagedFile&) = delete;

    void append(std::string_view bytes);
    /// Renames the file into place, with `modified` as its time.
    void commit(std::optional<freshet::Time> modified);

private:
    std::filesystem::path path_;
    std::filesystem::path temporary_;
    std::ofstream out_;
};

/// Writes a file so that readers see all or nothing of it, creating missing folders. Throws freshet::Error with the
/// system's reason.
void write_file(const std::filesystem::path& path, std::string_view content,
                std::optional<freshet::Time> modified = std::nullopt);

}  // namespace gfs::simulator
