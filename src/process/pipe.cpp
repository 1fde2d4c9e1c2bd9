// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "process/pipe.hpp"

#include "freshet/text.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <array>
#include <cerrno>

namespace freshet::process {

namespace {

constexpr std::size_t max_line_length = 16 * 1024;  // as in the log: output may have no line feed at all
constexpr std::size_t max_last_lines = 5;

}  // namespace

Pipe make_pipe() {
    std::array<int, 2> ends;
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw TransientError("make a pipe: " + system_error_text(errno));
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

PacketPipe make_packet_pipe() {
    std::array<int, 2> ends;
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) != 0)
        throw TransientError("make a socket pair: " + system_error_text(errno));
    return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

bool send_packet(const FileDescriptor& writer, std::string_view text) {
    ssize_t sent = -1;
    do {
        sent = ::send(writer.get(), text.data(), text.size(), MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent >= 0;
}

std::optional<std::string> receive_packet(const FileDescriptor& reader) {
    for (;;) {
        const auto size = ::recv(reader.get(), nullptr, 0, MSG_PEEK | MSG_TRUNC);
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) return std::nullopt;  // there is none, or never will be
        std::string text(static_cast<std::size_t>(size), '\0');
        if (::recv(reader.get(), text.data(), text.size(), 0) != size) return std::nullopt;
        return text;
    }
}

std::size_t read_available(FileDescriptor& reader, const std::function<void(std::string_view)>& on_data) {
    std::array<char, 16 * 1024> buffer;
    while (reader) {
        const auto count = ::read(reader.get(), buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) break;  // EAGAIN: nothing readable
        if (count == 0) reader = FileDescriptor();
        if (count > 0) on_data(std::string_view(buffer.data(), static_cast<std::size_t>(count)));
        return static_cast<std::size_t>(count);
    }
    return 0;
}

void drain(FileDescriptor& reader, const std::function<void(std::string_view)>& on_data) {
    int size = 0;
    if (reader) ::ioctl(reader.get(), FIONREAD, &size);
    for (auto left = static_cast<std::size_t>(size);;) {
        const std::size_t count = read_available(reader, on_data);
        if (count == 0 || count >= left) return;
        left -= count;
    }
}

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

}  // namespace freshet::process
