// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace freshet::target {

/// An output that an attempt has made whole and synced, and that nobody sees until it is published.
struct StagedOutput {
    std::filesystem::path target;     ///< where it will be; absolute
    std::filesystem::path temporary;  ///< where it is, in the same folder
    std::filesystem::path receipt;    ///< where its receipt is

    friend bool operator==(const StagedOutput&, const StagedOutput&) = default;
};

}  // namespace freshet::target
