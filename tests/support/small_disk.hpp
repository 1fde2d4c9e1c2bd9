// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "support/skip.hpp"
#include "support/temp_dir.hpp"

#include <sys/mount.h>

#include <filesystem>
#include <string>

namespace freshet::test {

/// A filesystem that is soon full, where the test may make one; where not, the test is skipped.
class SmallDisk {
public:
    /// `size` as tmpfs takes it: "size=64k" is so many bytes, "nr_inodes=2" so many files, its folder among them.
    explicit SmallDisk(const std::string& size = "size=64k")
        : is_mounted_(::mount("none", dir_.path().c_str(), "tmpfs", 0, size.c_str()) == 0) {
        if (!is_mounted_) skip("only root can mount a small filesystem");
    }
    ~SmallDisk() {
        if (is_mounted_) ::umount(dir_.path().c_str());
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    explicit operator bool() const { return is_mounted_; }
    std::filesystem::path operator/(const std::string& name) const { return dir_ / name; }

private:
    TempDir dir_;
    bool is_mounted_;
};

}  // namespace freshet::test
