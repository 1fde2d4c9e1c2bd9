// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"
#include "freshet/target.hpp"
#include "support/fake_clock.hpp"
#include "support/temp_dir.hpp"
#include "target/publish.hpp"
#include "target/receipt.hpp"
#include "target/staging.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace freshet::test {

/// A folder and attempts that stage into it.
struct StagingFixture {
    TempDir dir{};
    FakeClock clock{};
    target::TemporarySweeper sweeper{clock};

    std::filesystem::path operator/(const std::string& name) const { return dir / name; }

    /// The outputs staged by an attempt that writes `content` into each of the files.
    std::vector<target::StagedOutput> attempt(const std::string& token, const std::vector<std::string>& names,
                                              const std::string& content = "content") {
        target::Staging staging(token, sweeper);
        const target::StagingScope scope(staging);
        for (const std::string& name : names) LocalTarget(dir / name).write(content);
        target::stage_receipts(staging.outputs(), {.family = "Make", .task_id = token});
        return staging.release();
    }

    /// All files and folders in the folder, hidden ones too; sorted.
    std::vector<std::string> names() const {
        std::vector<std::string> found;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(dir.path()))
            if (entry.path().filename() != ".freshet" && entry.path().filename() != "staged")
                found.push_back(entry.path().lexically_relative(dir.path()).string());
        std::sort(found.begin(), found.end());
        return found;
    }
};

using Names = std::vector<std::string>;

}  // namespace freshet::test
