// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/html.hpp"

#include <string>

namespace freshet::scheduler::page {

/// The one style sheet of all pages, to stand in each of them.
Html stylesheet();

/// "sha256-…": what a browser compares it with before it uses it.
std::string stylesheet_hash();

}  // namespace freshet::scheduler::page
