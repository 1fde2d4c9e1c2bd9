// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/error.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace freshet::test {

/// Adds a line to the diary in the folder. With O_APPEND, lines of many processes never mix.
inline void append_to_log(const std::filesystem::path& folder, const std::string& line) {
    const std::string text = line + "\n";
    const int file = ::open((folder / "diary").c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    const bool is_written = file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    if (file >= 0) ::close(file);
    if (!is_written) throw Error("write the diary in '" + folder.string() + "'");
}

}  // namespace freshet::test
