// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>

namespace gfs::simulator {

/// Throws Error with the system's reason.
std::string read_file(const std::filesystem::path& path);

/// A file that is written beside its place, in a folder made for it, and appears there as a whole. What is not
/// committed goes with it.
class StagedFile {
public:
    explicit StagedFile(std::filesystem::path path);
    ~StagedFile();
    StagedFile(const StagedFile&) = delete;
    StagedFile& operator=(const StagedFile&) = delete;

    // Each throws Error with the system's reason.
    void append(std::string_view bytes);
    /// `modified` becomes the file's time.
    void commit(std::optional<freshet::Time> modified);

private:
    std::filesystem::path path_;
    std::filesystem::path temporary_;
    std::ofstream out_;
};

/// Makes missing folders, writes beside and renames: readers see all or nothing. `modified` becomes the file's time.
/// Throws Error with the system's reason.
void write_file(const std::filesystem::path& path, std::string_view content,
                std::optional<freshet::Time> modified = std::nullopt);

}  // namespace gfs::simulator
