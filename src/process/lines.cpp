// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "process/lines.hpp"

#include "freshet/text.hpp"

#include <fmt/format.h>

#include <sys/wait.h>
#include <cstring>

namespace freshet::worker {

namespace {

constexpr std::size_t max_line_length = 16 * 1024;  // as in the log: a process may print without any line feed
constexpr std::size_t max_last_lines = 5;

}  // namespace

void LineBuffer::append(std::string_view bytes) {
    for (const char c : bytes) {
        if (c != '\n') line_ += c;
        if (c == '\n' || line_.size() >= max_line_length) end_line();
    }
}

void LineBuffer::finish() {
    if (!line_.empty()) end_line();
}

void LineBuffer::end_line() {
    on_line_(line_);
    last_.push_back(std::move(line_));
    if (last_.size() > max_last_lines) last_.pop_front();
    line_.clear();
}

std::string LineBuffer::last() const { return joined({last_.begin(), last_.end()}, " / "); }

std::string describe_wait_status(int status) {
    if (!WIFSIGNALED(status)) return fmt::format("exit status {}", WEXITSTATUS(status));
    const char* name = ::sigdescr_np(WTERMSIG(status));
    return fmt::format("killed by signal {} ({})", WTERMSIG(status), name ? name : "unknown");
}

}  // namespace freshet::worker
