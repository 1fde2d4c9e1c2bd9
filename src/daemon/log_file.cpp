// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/log_file.hpp"

#include "freshet/error.hpp"

#include <fcntl.h>

#include <utility>

namespace freshet::daemon {

namespace {

FileDescriptor open_log(const std::filesystem::path& path) { return open_file(path, O_WRONLY | O_APPEND | O_CREAT); }

}  // namespace

LogFile::LogFile(std::filesystem::path path) : path_(std::move(path)) {
    create_folders(path_.parent_path());
    file_ = open_log(path_);
}

LogFile::int_type LogFile::overflow(int_type character) {
    if (!traits_type::eq_int_type(character, traits_type::eof())) record_ += traits_type::to_char_type(character);
    return traits_type::not_eof(character);
}

std::streamsize LogFile::xsputn(const char* text, std::streamsize size) {
    record_.append(text, static_cast<std::size_t>(size));
    return size;
}

int LogFile::sync() {
    const std::string record = std::exchange(record_, {});
    try {
        if (is_stale_.exchange(false)) file_ = open_log(path_);
        write_all(file_, record, path_);
    } catch (const Error&) {
        // There is nowhere left to say so.
    }
    return 0;
}

}  // namespace freshet::daemon
