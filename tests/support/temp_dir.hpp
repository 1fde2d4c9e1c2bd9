// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace freshet::test {

/// A folder of its own for one test, removed with everything in it.
class TempDir {
public:
    TempDir() {
        auto name = (std::filesystem::temp_directory_path() / "freshet-test-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("create folder '" + name + "' failed");
        path_ = name;
    }
    ~TempDir() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path operator/(const std::filesystem::path& name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

}  // namespace freshet::test
