// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <thread>

namespace freshet::run {

/// Captures this process's standard output and error from construction to destruction, whichever library writes there,
/// so that they can be logged. Only for a process that owns its standard streams.
class OutputCapture {
public:
    /// Redirects both streams, to a file until start(): the process may still fork, and a thread would not survive it.
    OutputCapture();
    ~OutputCapture();
    OutputCapture(const OutputCapture&) = delete;
    OutputCapture& operator=(const OutputCapture&) = delete;

    /// The standard error of before: for the log itself.
    std::ostream& error_stream() { return *error_stream_; }

    /// Calls `on_line` with each line written so far, and from now on, on a thread, with each further line. What a
    /// crash (SIGABRT) leaves in the pipe is written to the original standard error. Call once.
    void start(std::function<void(const std::string& line)> on_line);
    bool has_started() const { return on_line_ != nullptr; }
    /// Restores the streams, after the last line; drops what was captured if start() was not called. Idempotent.
    void stop();

private:
    void redirect_to(int descriptor);
    void read_lines();
    std::string take_early_output();

    FileDescriptor original_out_;
    FileDescriptor original_error_;
    FileDescriptor early_output_;  // the file of before start()
    std::unique_ptr<std::streambuf> error_buffer_;
    std::unique_ptr<std::ostream> error_stream_;
    std::function<void(const std::string&)> on_line_;
    FileDescriptor reader_;
    FileDescriptor wake_;  // an eventfd that ends the thread
    bool is_stopped_ = false;
    std::thread thread_;
};

}  // namespace freshet::run
