// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"

#include <deque>
#include <functional>
#include <string>
#include <string_view>

namespace freshet::process {

struct Pipe {
    FileDescriptor reader;  ///< non-blocking
    FileDescriptor writer;
};

/// Makes a pipe whose ends close on exec. Throws TransientError when there are too many open files.
Pipe make_pipe();

/// Passes everything readable now to `on_data`, and closes the reader at end of file. Never blocks.
void drain(FileDescriptor& reader, const std::function<void(std::string_view)>& on_data);

/// Splits the output of a process into lines of at most 16 KiB, and keeps the last five for its error message.
class LineBuffer {
public:
    explicit LineBuffer(std::function<void(const std::string&)> on_line) : on_line_(std::move(on_line)) {}

    void append(std::string_view bytes);
    /// Passes on an unfinished last line.
    void finish();
    /// The last lines, joined by " / "; "" when nothing was printed.
    std::string last() const;

private:
    void end_line();

    std::function<void(const std::string&)> on_line_;
    std::string line_;
    std::deque<std::string> last_;
};

}  // namespace freshet::process
