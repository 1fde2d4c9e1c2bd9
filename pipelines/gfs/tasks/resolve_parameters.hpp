// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/parameter.hpp"

#include <string_view>

namespace gfs {

/// Replaces `latest` and `previous` in the parameter cycle by an analysis time: the newest cycle whose first files are
/// usually published by now (3 h 20 min after its analysis time), or the one before. The default of Watch and
/// Contiguous is `latest`. In the parameter since, replaces a duration ("3 days") by the cycle that long before.
void resolve_cycle_alias(std::string_view family, freshet::Values& values, const freshet::Clock& clock);

/// Replaces a file name in the parameter variables by the patterns in the file, so that a task is identified by the
/// selection and not by a path. Throws ParameterError when the value is neither a selection nor a file of patterns.
void resolve_selection_file(freshet::Values& values);

/// Rejects well-formed values that cannot exist: a cycle at 07, a lead that the product lacks, an unknown source,
/// revision 0. Throws ParameterError, naming the parameter.
void validate_parameters(std::string_view family, const freshet::Values& values);

/// Rejects a dataset that has files of another product or selection: two grids cannot share one name. Throws
/// ParameterError.
void check_dataset(std::string_view family, const freshet::Values& values);

/// Does all four, in this order.
void resolve_parameters(std::string_view family, freshet::Values& values, const freshet::Clock& clock);

}  // namespace gfs
