// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/attempt_log.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <utility>

namespace freshet::store {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view head_begin = "... ";
constexpr std::string_view head_end = " bytes before this are left out\n";
constexpr std::size_t longest_head = head_begin.size() + 20 + head_end.size();

std::uint64_t size_of(const FileDescriptor& file) {
    struct ::stat status {};
    if (!file || ::fstat(file.get(), &status) != 0) return 0;
    return static_cast<std::uint64_t>(status.st_size);
}

std::string read_at(const FileDescriptor& file, std::uint64_t offset, std::uint64_t size) {
    std::string text(size, '\0');
    std::size_t read = 0;
    while (read < text.size()) {
        const auto n = ::pread(file.get(), text.data() + read, text.size() - read, static_cast<off_t>(offset + read));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        read += static_cast<std::size_t>(n);
    }
    text.resize(read);
    return text;
}

/// The number of bytes that the head says are left out, and its own size; zeros without a head.
std::pair<std::uint64_t, std::uint64_t> parse_head(std::string_view text) {
    if (!text.starts_with(head_begin)) return {};
    std::uint64_t left_out = 0;
    const char* const number = text.data() + head_begin.size();
    const auto [end, error] = std::from_chars(number, text.data() + text.size(), left_out);
    const auto number_end = static_cast<std::size_t>(end - text.data());
    if (error != std::errc() || !text.substr(number_end).starts_with(head_end)) return {};
    return {left_out, number_end + head_end.size()};
}

FileDescriptor open_unnamed() {
    std::string name = (fs::temp_directory_path() / "freshet-log-XXXXXX").string();
    FileDescriptor file(::mkostemp(name.data(), O_APPEND | O_CLOEXEC));
    if (!file) throw Error(fmt::format("make a temporary file '{}': {}", name, system_error_text(errno)));
    ::unlink(name.c_str());
    return file;
}

FileDescriptor open_locked(const fs::path& path) {
    FileDescriptor file = open_file(path, O_RDWR | O_CREAT | O_APPEND);
    ::flock(file.get(), LOCK_EX | LOCK_NB);
    return file;
}

/// Cuts a text after its last line, unless it is all of one.
void keep_whole_lines(std::string& text) {
    if (const auto last = text.rfind('\n'); last != text.npos) text.resize(last + 1);
}

}  // namespace

fs::path older_part(const fs::path& log) { return log.string() + ".old"; }

AttemptLog AttemptLog::open(const fs::path& file) {
    AttemptLog log;
    log.path_ = file;
    log.first_ = open_if_exists(older_part(file), O_RDONLY);
    log.last_ = open_locked(file);
    log.measure();
    return log;
}

std::optional<AttemptLog> AttemptLog::open_read_only(const fs::path& file) {
    AttemptLog log;
    log.path_ = file;
    log.first_ = open_if_exists(older_part(file), O_RDONLY);
    log.last_ = open_if_exists(file, O_RDONLY);
    if (!log.last_) return std::nullopt;
    log.measure();
    return log;
}

AttemptLog AttemptLog::make_temporary() {
    AttemptLog log;
    log.last_ = open_unnamed();
    return log;
}

void AttemptLog::measure() {
    first_size_ = size_of(first_);
    const auto [left_out, head] =
        first_ ? parse_head(read_at(last_, 0, longest_head)) : std::pair<std::uint64_t, std::uint64_t>{};
    last_begin_ = first_size_ + left_out;
    head_size_ = head;
    last_size_ = size_of(last_) - head_size_;
}

void AttemptLog::append(std::string_view text) {
    if (last_size_ > 0 && last_size_ + text.size() > longest_part) begin_part(end());
    write_all(last_, text, path_);
    last_size_ += text.size();
}

void AttemptLog::skip_to(std::uint64_t position) {
    if (position > end()) begin_part(position);
}

/// The first part stays; of those after it the last one, so that the log has its begin and its end.
void AttemptLog::begin_part(std::uint64_t position) {
    if (first_) {
        if (::ftruncate(last_.get(), 0) != 0)
            throw Error(fmt::format("truncate '{}': {}", path_.string(), system_error_text(errno)));
    } else {
        if (!path_.empty()) fs::rename(path_, older_part(path_));
        first_ = std::exchange(last_, path_.empty() ? open_unnamed() : open_locked(path_));
        first_size_ = last_size_;
    }
    last_begin_ = position;
    const std::string head = left_out() > 0 ? fmt::format("{}{}{}", head_begin, left_out(), head_end) : "";
    write_all(last_, head, path_);
    head_size_ = head.size();
    last_size_ = 0;
}

LogPiece AttemptLog::read(std::uint64_t position, std::size_t max_size) const {
    const bool is_in_first = position < first_size_;
    const std::uint64_t begin = is_in_first ? position : std::clamp(position, last_begin_, end());
    const std::uint64_t available = (is_in_first ? first_size_ : end()) - begin;
    LogPiece piece{.begin = begin};
    piece.text = is_in_first
                     ? read_at(first_, begin, std::min<std::uint64_t>(available, max_size))
                     : read_at(last_, head_size_ + begin - last_begin_, std::min<std::uint64_t>(available, max_size));
    if (piece.text.size() < available) keep_whole_lines(piece.text);
    piece.end = begin + piece.text.size();
    return piece;
}

std::uint64_t AttemptLog::tail(std::size_t size) const {
    if (left_out() == 0 && end() <= size) return 0;
    const std::uint64_t wanted = end() - std::min<std::uint64_t>(size, last_size_);
    if (wanted == last_begin_) return wanted;
    const LogPiece piece = read(wanted - 1, size + 1);
    const auto line_end = piece.text.find('\n');
    return line_end == piece.text.npos ? wanted : piece.begin + line_end + 1;
}

}  // namespace freshet::store
