// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Texts of any length over sockets and pipes, each after its size; a reader never takes half of one for a whole one.
namespace freshet::worker {

/// The text with its size before it.
std::string encode_frame(std::string_view text);

/// Makes texts again out of bytes that come in pieces.
class FrameDecoder {
public:
    void append(std::string_view bytes) { bytes_.append(bytes); }
    /// The next text that is there whole.
    std::optional<std::string> next();

private:
    std::string bytes_;
};

struct Frame {
    std::string text;
    std::vector<FileDescriptor> descriptors{};
};

/// Sends a text, and with it open files, over a Unix stream socket; false when the other side is gone.
bool send_frame(const FileDescriptor& socket, std::string_view text, const std::vector<int>& descriptors = {});

/// Waits for the next text; none when the other side is gone.
std::optional<Frame> receive_frame(const FileDescriptor& socket);

}  // namespace freshet::worker
