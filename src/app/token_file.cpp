// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "app/token_file.hpp"

#include "base/files.hpp"
#include "scheduler/api/tokens.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

namespace freshet::app {

namespace {

void write_for_owner(const std::filesystem::path& path, int flags, std::string_view text) {
    const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, S_IRUSR | S_IWUSR));
    if (!file) throw_system_error("write token to", path, errno);
    write_all(file, text, path);
}

/// As an editor may have left it: what is added would become part of that line.
bool ends_within_line(const std::string& text) { return !text.empty() && !text.ends_with('\n'); }

}  // namespace

NewToken new_token(const std::string& name, const std::string& roles) {
    std::string secret = scheduler::new_token();
    std::string line = scheduler::token_line(name, roles, secret);
    return {.secret = std::move(secret), .line = std::move(line)};
}

void write_token(const std::filesystem::path& file, const NewToken& token) {
    write_for_owner(file, O_EXCL, token.secret + "\n");
}

void add_token_line(const std::filesystem::path& file, const NewToken& token) {
    const bool is_open = exists_at(file) && ends_within_line(read_file(file));
    write_for_owner(file, O_APPEND, (is_open ? "\n" : "") + token.line);
}

}  // namespace freshet::app
