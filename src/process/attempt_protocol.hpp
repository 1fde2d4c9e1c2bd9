// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"
#include "freshet/json.hpp"
#include "freshet/registry.hpp"
#include "worker/messages.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The protocol between a worker, its fork server and the processes of attempts: JSON texts in length-prefixed frames
// over sockets, pipes and the files of Slurm jobs. Both ends are the same program on machines of one kind; no other
// version reads it.
namespace freshet::process {

/// Returns the text after its length in native byte order.
std::string encode_frame(std::string_view text);

/// Reassembles the texts of frames from bytes that arrive in any pieces.
class FrameDecoder {
public:
    void append(std::string_view bytes);
    /// Removes and returns the next complete text.
    std::optional<std::string> next();

private:
    std::string bytes_;
    std::size_t begin_ = 0;  // of the next frame; what is before it is erased by append()
};

struct Frame {
    std::string text;
    std::vector<FileDescriptor> descriptors{};
};

/// Sends a frame, with at most four open files attached, over a Unix stream socket. False when the peer is gone.
bool send_frame(const FileDescriptor& socket, std::string_view text, const std::vector<int>& descriptors = {});

/// Blocks until the next frame is complete; nullopt when the peer is gone.
std::optional<Frame> receive_frame(const FileDescriptor& socket);

/// Encodes the attempt including secret parameters, which its process needs.
Json to_json(const worker::Attempt& attempt);
/// Throws ParameterError when `registry` cannot make the task.
worker::Attempt attempt_from_json(const Json& json, const Registry& registry);

Json to_json(const Failure& failure);
Failure failure_from_json(const Json& json);

Json to_json(const worker::IncomingMessage& message);
worker::IncomingMessage incoming_message_from_json(const Json& json);

/// Encodes a message of an attempt without its token, which the reader of the pipe knows.
Json to_json(const worker::Message& message);
/// Throws ParameterError when the attempt requires a task that `registry` cannot make.
worker::Message message_from_json(const Json& json, const std::string& token, const Registry& registry);

}  // namespace freshet::process
