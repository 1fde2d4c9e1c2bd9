// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "upstream/lead_file.hpp"
#include "upstream/shared_file.hpp"

#include <string>

namespace gfs {

/// How large the files of each lead were in earlier cycles, remembered on this machine: an upload that was cut off
/// together with its inventory looks whole by itself.
class ExpectedSizes {
public:
    explicit ExpectedSizes(std::filesystem::path file) : file_(std::move(file)) {}

    /// Why the file looks cut off beside its like, as a sentence; empty when it does not, or none was seen before.
    std::string truncation_reason(const FileKey& key, const LeadFile& file) const;
    /// From now on this is the usual size.
    void record(const FileKey& key, const LeadFile& file) const;

private:
    LockedFile file_;
};

}  // namespace gfs
