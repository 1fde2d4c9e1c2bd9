// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cycle.hpp"
#include "tasks/cycle_paths.hpp"

#include "freshet/json.hpp"

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace gfs {

/// The files of a cycle's revision that are published together.
struct Publication {
    int revision = 1;
    std::string leads{};                      ///< in the canonical form
    bool is_announced = false;                ///< as a whole cycle, not as a part
    std::optional<freshet::Json> manifest{};  ///< none: it is gone or damaged
    std::string damage{};                     ///< reason why the manifest cannot be read
};

/// The folder of a cycle.
struct CycleFolder {
    std::vector<int> revisions{};
    std::vector<Publication> publications{};
};

/// The content of a dataset's folder at the time of construction, without the files of the leads. A cycle that
/// retention removes meanwhile is not in it.
class DatasetFolder {
public:
    /// Reads every manifest. Throws Error or std::filesystem::filesystem_error.
    explicit DatasetFolder(std::filesystem::path folder);

    const std::string& name() const { return name_; }
    const std::filesystem::path& folder() const { return folder_; }
    const std::map<Cycle, CycleFolder>& cycles() const { return cycles_; }
    CyclePaths paths(Cycle cycle, int revision) const { return {root_, name_, cycle, revision}; }
    /// The product of the dataset's record, or else of the newest manifest; pgrb2.0p25 without any.
    std::string product() const;
    /// Returns whether the file of a lead exists now, in any revision.
    bool has_lead(Cycle cycle, int lead) const;
    /// The cycles that retention has removed.
    std::set<Cycle> removed_cycles() const;

private:
    void read_cycle(Cycle cycle);
    static void read_revision(const std::filesystem::path& folder, std::string_view prefix, CycleFolder& found);

    std::filesystem::path folder_, root_;
    std::string name_;
    std::map<Cycle, CycleFolder> cycles_;
};

/// Returns the names of the datasets in a store, sorted: the folders with cycles, or of which cycles were removed.
std::vector<std::string> datasets_of(const std::filesystem::path& root);

}  // namespace gfs
