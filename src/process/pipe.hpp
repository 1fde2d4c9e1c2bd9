// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"

#include <deque>
#include <functional>
#include <string>
#include <string_view>

namespace freshet::process {

/// The ends of a pipe. The parent closes its copy of the writer, or the reader never sees the end of file.
struct Pipe {
    FileDescriptor reader;  ///< non-blocking
    FileDescriptor writer;
};

/// Makes a pipe whose ends close on exec: a program gets its end by dup2(2). Throws TransientError when there are too
/// many open files.
Pipe make_pipe();

/// Passes everything readable now to `on_data`, in pieces of at most 16 KiB, and closes the reader at end of file.
/// Never blocks, but goes on for as long as the writer is faster. Does nothing with a closed reader, and ignores read
/// errors.
void drain(FileDescriptor& reader, const std::function<void(std::string_view)>& on_data);

/// Splits the output of a process into lines of at most 16 KiB, and keeps the last five for its error message. A longer
/// line is passed on in pieces, wherever they end. Not thread-safe: the callback runs in append() and finish().
class LineBuffer {
public:
    /// Calls `on_line` with each line, without its line feed. Empty lines count.
    explicit LineBuffer(std::function<void(const std::string&)> on_line) : on_line_(std::move(on_line)) {}

    void append(std::string_view bytes);
    /// Passes on an unfinished last line. Call it at end of file.
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
