// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "simulator/faults.hpp"
#include "simulator/file_answer.hpp"

namespace gfs::simulator {

/// The file as a fault makes it look: shorter, of another version, replaced by another of `folder`; unchanged by other
/// kinds of faults. Throws Error where the fault needs an inventory or a file that is not there.
Content apply_fault(const Fault& fault, Content content, const std::filesystem::path& folder);

}  // namespace gfs::simulator
