// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"

#include <functional>
#include <string_view>

namespace freshet::worker {

struct Pipe {
    FileDescriptor reader;  ///< never waits
    FileDescriptor writer;
};

/// Both ends close on exec. Throws TransientError when there are too many open files.
Pipe make_pipe();

/// Hands on what is in the pipe now, and closes it when nothing more can come.
void drain(FileDescriptor& reader, const std::function<void(std::string_view)>& on_data);

}  // namespace freshet::worker
