// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "upstream/source.hpp"

#include <filesystem>

namespace gfs {

/// Files in a folder of this machine, in the layout of the public mirrors.
class FolderSource final : public Source {
public:
    explicit FolderSource(std::filesystem::path root) : root_(std::move(root)) {}

    FileInfo head(const std::string& path) override;
    WholeFile get(const std::string& path) override;
    std::string get(const std::string& path, ByteRange range) override;
    std::string address(const std::string& path) const override { return (root_ / path).string(); }

private:
    std::filesystem::path root_;
};

}  // namespace gfs
