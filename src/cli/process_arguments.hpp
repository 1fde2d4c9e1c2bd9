// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

namespace freshet::cli {

/// The arguments of this process as ps(1) and /proc show them, to everybody on the machine.
class ProcessArguments {
public:
    /// The arguments of main().
    ProcessArguments(int argc, const char* const* argv);

    /// Overwrites each argument that differs from the shown one, in which a secret is masked. The arguments are aligned
    /// at their ends, since an alias of a command has fewer; the first one, the command, stays.
    void show(const std::vector<std::string>& shown);
    /// Overwrites all arguments but the first one.
    void hide();

private:
    std::vector<std::span<char>> arguments_;  // after the program's name; empty unless they are this process's own
};

}  // namespace freshet::cli
