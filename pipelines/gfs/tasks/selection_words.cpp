// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "tasks/selection_words.hpp"

#include "inventory/selection.hpp"

namespace gfs {

void resolve_selection_file(freshet::Values& values) {
    const auto variables = values.find("variables");
    if (variables == values.end()) return;
    const bool is_word = variables->second == "portal" || variables->second == "all";
    std::error_code no_such_name;  // patterns may be longer than the name of any file
    if (!is_word && std::filesystem::exists(variables->second, no_such_name))
        variables->second = Selection::read_file(variables->second);
    else
        Selection::parse(variables->second);
}

}  // namespace gfs
