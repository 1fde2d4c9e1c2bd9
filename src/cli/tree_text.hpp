// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/task.hpp"

#include <string>

namespace freshet::run {

enum class TreeStyle { ascii, utf8 };

/// The task and what it requires, each below what requires it; what stands further up already is not unfolded again.
std::string tree_text(const AnyTask& root, TreeStyle style);

/// The same for Graphviz: `dot -Tsvg`.
std::string tree_dot(const AnyTask& root);

}  // namespace freshet::run
