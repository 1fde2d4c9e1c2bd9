// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"

#include <sys/types.h>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace freshet::process {

/// An external program, how it is started.
struct SpawnRequest {
    std::vector<std::string> arguments;                     ///< the program, found in PATH, and its arguments; no shell
    std::optional<std::vector<std::string>> environment{};  ///< "NAME=value"; none: this process's own
    std::filesystem::path folder{};                         ///< where it starts; empty: here
    int input = -1;   ///< descriptors of its standard streams; -1: nothing to read,
    int output = -1;  ///< and for the output this process's own
    int error = -1;
    bool has_own_group = true;
    bool inherits_files = true;  ///< descriptors that do not close on exec
};

/// A program that was started. Its parent waits for the process.
struct SpawnedProcess {
    pid_t pid = -1;
    FileDescriptor pidfd{};  ///< readable once it has ended
};

/// Starts the program, with default handlers and no blocked signals. The kernel kills it when the calling thread ends.
/// Throws Error when it cannot be executed, TransientError when there can be no other process.
SpawnedProcess spawn(const SpawnRequest& request);

}  // namespace freshet::process
