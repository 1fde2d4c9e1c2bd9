// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"

#include <atomic>
#include <filesystem>
#include <streambuf>
#include <string>

namespace freshet::daemon {

/// A file behind the stream of a Log, which flushes after each record and keeps its writers apart. A record that the
/// disk has no room for is lost: the daemon's work goes on.
class LogFile final : public std::streambuf {
public:
    /// Throws Error when it cannot be opened; missing folders are made.
    explicit LogFile(std::filesystem::path path);

    /// Has the next record go to a new file of that name, after somebody has renamed this one. From any thread.
    void reopen() { is_stale_ = true; }

private:
    int_type overflow(int_type character) override;
    std::streamsize xsputn(const char* text, std::streamsize size) override;
    int sync() override;

    std::filesystem::path path_;
    FileDescriptor file_;
    std::string record_;
    std::atomic<bool> is_stale_ = false;
};

}  // namespace freshet::daemon
