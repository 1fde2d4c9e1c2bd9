// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "grib/message.hpp"

#include <string>
#include <utility>
#include <vector>

namespace gfs {

/// The global attributes of CF and ACDD that tell who made the data, with which model and under which terms, as the
/// messages identify them by centre, subcentre and generating process. What they do not tell is left out.
std::vector<std::pair<const char*, std::string>> originator_attributes(const std::vector<Message>& messages);

}  // namespace gfs
