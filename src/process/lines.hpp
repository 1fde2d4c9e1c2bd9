// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <string_view>

namespace freshet::worker {

/// Cuts what a process prints into lines, and remembers the last ones for the message when it fails.
class LineBuffer {
public:
    explicit LineBuffer(std::function<void(const std::string&)> on_line) : on_line_(std::move(on_line)) {}

    void append(std::string_view bytes);
    /// Ends the last line, which may have no line feed.
    void finish();
    /// The last lines, joined by " / "; "" when nothing was printed.
    std::string last() const;

private:
    void end_line();

    std::function<void(const std::string&)> on_line_;
    std::string line_;
    std::deque<std::string> last_;
};

/// "exit status 3" or "killed by signal 11 (Segmentation fault)", of a status as waitpid(2) gives it.
std::string describe_wait_status(int status);

}  // namespace freshet::worker
