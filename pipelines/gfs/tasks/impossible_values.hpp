// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/parameter.hpp"

#include <string_view>

namespace gfs {

/// Refuses, before anything is started, values that are well written but that GFS or a store cannot have: a cycle at
/// 07, a lead that the product lacks, a source that does not exist, a revision 0. Throws ParameterError, naming the
/// parameter.
void validate_parameters(std::string_view family, const freshet::Values& values);

}  // namespace gfs
