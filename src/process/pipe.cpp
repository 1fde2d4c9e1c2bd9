// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "process/pipe.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <array>
#include <cerrno>

namespace freshet::worker {

Pipe make_pipe() {
    std::array<int, 2> ends;
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw TransientError("making a pipe: " + system_error_text(errno));
    ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
    return {FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

void drain(FileDescriptor& reader, const std::function<void(std::string_view)>& on_data) {
    std::array<char, 16 * 1024> buffer;
    while (reader) {
        const auto count = ::read(reader.get(), buffer.data(), buffer.size());
        if (count > 0) {
            on_data(std::string_view(buffer.data(), static_cast<std::size_t>(count)));
        } else if (count == 0) {
            reader = FileDescriptor();
        } else if (errno != EINTR) {
            return;  // nothing there now
        }
    }
}

}  // namespace freshet::worker
