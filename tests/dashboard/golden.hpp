// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace freshet::test {

/// Compares the page, without its style sheet, with the file in golden/. With FRESHET_WRITE_GOLDEN set, writes the file
/// first, for review and commit.
inline void check_golden(const std::string& name, std::string page) {
    const auto golden = std::filesystem::path(FRESHET_SOURCE_DIR) / "tests/dashboard/golden" / name;
    page.erase(page.find("<style>"), page.find("</style>") - page.find("<style>"));
    if (std::getenv("FRESHET_WRITE_GOLDEN")) write_file_atomically(golden, page);
    CHECK(page == read_file(golden));
}

}  // namespace freshet::test
