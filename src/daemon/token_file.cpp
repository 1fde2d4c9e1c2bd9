// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "daemon/token_file.hpp"

#include "api/tokens.hpp"
#include "base/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

namespace freshet::daemon {

namespace {

void write_owner_only(const std::filesystem::path& path, int flags, std::string_view text) {
    const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, S_IRUSR | S_IWUSR));
    if (!file) throw_system_error("write token to", path, errno);
    write_all(file, text, path);
}

/// As an editor may have left it: what is added would become part of that line.
bool lacks_final_newline(const std::string& text) { return !text.empty() && !text.ends_with('\n'); }

}  // namespace

NewToken new_token(const std::string& name, const std::string& roles) {
    std::string secret = api::new_token();
    std::string line = api::token_line(name, roles, secret);
    return {.secret = std::move(secret), .line = std::move(line)};
}

void write_token(const std::filesystem::path& file, const NewToken& token) {
    write_owner_only(file, O_EXCL, token.secret + "\n");
}

void add_token_line(const std::filesystem::path& file, const NewToken& token) {
    const bool needs_newline = exists_at(file) && lacks_final_newline(read_file(file));
    write_owner_only(file, O_APPEND, (needs_newline ? "\n" : "") + token.line);
}

}  // namespace freshet::daemon
