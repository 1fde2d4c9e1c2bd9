// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "process/frames.hpp"

#include <sys/socket.h>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <span>

namespace freshet::worker {

namespace {

using Size = std::uint32_t;
constexpr std::size_t max_descriptors = 4;

Size decode_size(const char* bytes) {
    Size size = 0;
    std::memcpy(&size, bytes, sizeof size);
    return size;
}

void attach_descriptors(msghdr& message, std::span<char> buffer, const std::vector<int>& descriptors) {
    message.msg_control = buffer.data();
    message.msg_controllen = CMSG_SPACE(descriptors.size() * sizeof(int));
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(descriptors.size() * sizeof(int));
    std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size() * sizeof(int));
}

std::vector<FileDescriptor> received_descriptors(msghdr& message) {
    std::vector<FileDescriptor> descriptors;
    for (cmsghdr* header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int fd = -1;
            std::memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof fd);
            descriptors.emplace_back(fd);
        }
    }
    return descriptors;
}

/// Receives exactly so many bytes; false when the other side ended before.
bool receive_bytes(const FileDescriptor& socket, std::span<char> bytes, std::vector<FileDescriptor>* descriptors) {
    alignas(cmsghdr) std::array<char, CMSG_SPACE(max_descriptors * sizeof(int))> control{};
    while (!bytes.empty()) {
        iovec part{bytes.data(), bytes.size()};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        const auto count = ::recvmsg(socket.get(), &message, MSG_CMSG_CLOEXEC);
        if (count == 0 || (count < 0 && errno != EINTR)) return false;
        if (count < 0) continue;
        for (FileDescriptor& descriptor : received_descriptors(message))
            if (descriptors) descriptors->push_back(std::move(descriptor));
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return true;
}

}  // namespace

std::string encode_frame(std::string_view text) {
    const Size size = static_cast<Size>(text.size());
    std::string frame(sizeof size, '\0');
    std::memcpy(frame.data(), &size, sizeof size);
    return frame.append(text);
}

std::optional<std::string> FrameDecoder::next() {
    if (bytes_.size() < sizeof(Size)) return std::nullopt;
    const Size size = decode_size(bytes_.data());
    if (bytes_.size() < sizeof size + size) return std::nullopt;
    std::string text = bytes_.substr(sizeof size, size);
    bytes_.erase(0, sizeof size + size);
    return text;
}

bool send_frame(const FileDescriptor& socket, std::string_view text, const std::vector<int>& descriptors) {
    std::string frame = encode_frame(text);
    std::span<char> bytes = frame;
    alignas(cmsghdr) std::array<char, CMSG_SPACE(max_descriptors * sizeof(int))> control{};
    bool is_first = true;
    while (!bytes.empty()) {
        iovec part{bytes.data(), bytes.size()};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        if (is_first && !descriptors.empty()) attach_descriptors(message, control, descriptors);
        const auto count = ::sendmsg(socket.get(), &message, MSG_NOSIGNAL);
        if (count < 0 && errno != EINTR) return false;
        if (count < 0) continue;
        is_first = false;
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
    return true;
}

std::optional<Frame> receive_frame(const FileDescriptor& socket) {
    Frame frame;
    std::array<char, sizeof(Size)> size;
    if (!receive_bytes(socket, size, &frame.descriptors)) return std::nullopt;
    frame.text.resize(decode_size(size.data()));
    if (!receive_bytes(socket, frame.text, nullptr)) return std::nullopt;
    return frame;
}

}  // namespace freshet::worker
