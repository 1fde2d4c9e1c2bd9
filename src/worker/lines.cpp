// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/lines.hpp"

#include "base/text.hpp"

#include <fmt/format.h>

#include <sys/wait.h>
#include <cstring>

namespace freshet::worker {

namespace {

constexpr std::size_t longest_line = 16 * 1024;  // as in the log: a process may print without any line feed
constexpr std::size_t lines_kept = 5;

}  // namespace

void Lines::append(std::string_view bytes) {
    for (const char c : bytes) {
        if (c != '\n') line_ += c;
        if (c == '\n' || line_.size() >= longest_line) end_line();
    }
}

void Lines::finish() {
    if (!line_.empty()) end_line();
}

void Lines::end_line() {
    take_(line_);
    last_.push_back(std::move(line_));
    if (last_.size() > lines_kept) last_.pop_front();
    line_.clear();
}

std::string Lines::last() const { return joined({last_.begin(), last_.end()}, " / "); }

std::string describe_wait_status(int status) {
    if (!WIFSIGNALED(status)) return fmt::format("exit status {}", WEXITSTATUS(status));
    const char* name = ::sigdescr_np(WTERMSIG(status));
    return fmt::format("killed by signal {} ({})", WTERMSIG(status), name ? name : "unknown");
}

}  // namespace freshet::worker
