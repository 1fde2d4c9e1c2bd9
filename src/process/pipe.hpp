// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
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

/// The ends of a socket for packets in one direction, which close on exec and never block.
struct PacketPipe {
    FileDescriptor reader;
    FileDescriptor writer;
};

/// Throws TransientError when there are too many open files.
PacketPipe make_packet_pipe();

/// False when the packet finds no room, or nobody reads.
bool send_packet(const FileDescriptor& writer, std::string_view text);

/// Removes and returns the oldest packet; nullopt when there is none.
std::optional<std::string> receive_packet(const FileDescriptor& reader);

/// Passes what one read(2) returns, at most 16 KiB, to `on_data`, and closes the reader at end of file. Never blocks.
/// Returns the number of bytes; 0 when nothing is readable, or the reader is closed or cannot be read.
std::size_t read_available(FileDescriptor& reader, const std::function<void(std::string_view)>& on_data);

/// Passes what is in the pipe now to `on_data`, in such pieces: not what a faster writer adds meanwhile. Never blocks.
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
