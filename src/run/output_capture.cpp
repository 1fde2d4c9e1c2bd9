// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/output_capture.hpp"

#include "base/signals.hpp"
#include "freshet/error.hpp"
#include "process/pipe.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <streambuf>

namespace freshet::run {

namespace {

FileDescriptor checked(int descriptor) {
    if (descriptor < 0) throw Error("capture the standard output: " + system_error_text(errno));
    return FileDescriptor(descriptor);
}

FileDescriptor duplicate(int descriptor) { return checked(::fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)); }

/// Writes to a descriptor at once.
class DescriptorBuffer final : public std::streambuf {
public:
    explicit DescriptorBuffer(int descriptor) : descriptor_(descriptor) {}

protected:
    std::streamsize xsputn(const char* text, std::streamsize size) override {
        std::streamsize written = 0;
        while (written < size) {
            const auto count = ::write(descriptor_, text + written, static_cast<std::size_t>(size - written));
            if (count < 0 && errno == EINTR) continue;
            if (count < 0) break;
            written += count;
        }
        return written;
    }
    int_type overflow(int_type c) override {
        const char byte = traits_type::to_char_type(c);
        return xsputn(&byte, 1) == 1 ? traits_type::not_eof(c) : traits_type::eof();
    }

private:
    int descriptor_;
};

// For the signal handler: the read end of the pipe, and the original standard error; -1: no capture.
volatile std::sig_atomic_t abort_reader = -1, abort_writer = -1;
std::atomic<bool> is_logging{false};  // the thread has taken lines from the pipe that are not yet in the log
static_assert(std::atomic<bool>::is_always_lock_free);

/// Saves the last words of a failed assertion or an uncaught exception: what is in the pipe, and what the thread has
/// taken from it, unless that waits for a lock of the aborting thread. Afterwards abort(3) ends the process.
void on_abort(int) {
    constexpr int patience_ms = 1000;
    std::array<char, 4096> bytes;
    for (;;) {
        const auto size = ::read(abort_reader, bytes.data(), bytes.size());
        if (size <= 0) break;
        if (::write(abort_writer, bytes.data(), static_cast<std::size_t>(size)) < 0) return;
    }
    for (int waited_ms = 0; is_logging && waited_ms < patience_ms; ++waited_ms) ::poll(nullptr, 0, 1);
}

void set_abort_handler(int reader, int writer) {
    abort_reader = reader;
    abort_writer = writer;
    struct sigaction action {};
    action.sa_handler = reader < 0 ? SIG_DFL : &on_abort;
    ::sigaction(SIGABRT, &action, nullptr);
}

void flush_standard_streams() {
    std::cout.flush();
    std::cerr.flush();
    std::clog.flush();
    std::fflush(nullptr);
}

}  // namespace

OutputCapture::OutputCapture()
    : original_out_(duplicate(STDOUT_FILENO)),
      original_error_(duplicate(STDERR_FILENO)),
      early_output_(checked(::memfd_create("early-output", MFD_CLOEXEC))),
      error_buffer_(std::make_unique<DescriptorBuffer>(original_error_.get())),
      error_stream_(std::make_unique<std::ostream>(error_buffer_.get())),
      wake_(checked(::eventfd(0, EFD_CLOEXEC))) {
    flush_standard_streams();
    redirect_to(early_output_.get());
    // By lines, as on a terminal: a record must not wait until a buffer is full.
    static std::array<char, BUFSIZ> buffer;
    std::setvbuf(stdout, buffer.data(), _IOLBF, buffer.size());
}

OutputCapture::~OutputCapture() { stop(); }

void OutputCapture::redirect_to(int descriptor) {
    ::dup2(descriptor, STDOUT_FILENO);
    ::dup2(descriptor, STDERR_FILENO);
}

std::string OutputCapture::take_early_output() {
    std::string text;
    std::array<char, 4096> bytes;
    ::lseek(early_output_.get(), 0, SEEK_SET);
    for (;;) {
        const auto size = ::read(early_output_.get(), bytes.data(), bytes.size());
        if (size <= 0) break;
        text.append(bytes.data(), static_cast<std::size_t>(size));
    }
    return text;
}

void OutputCapture::start(std::function<void(const std::string& line)> on_line) {
    on_line_ = std::move(on_line);
    process::Pipe pipe = process::make_pipe();
    flush_standard_streams();
    redirect_to(pipe.writer.get());
    reader_ = std::move(pipe.reader);
    set_abort_handler(reader_.get(), original_error_.get());
    const SignalBlocker blocker;
    thread_ = std::thread([this] { read_lines(); });
}

void OutputCapture::read_lines() {
    process::LineBuffer lines(on_line_);
    lines.append(take_early_output());
    pollfd polled[] = {{reader_.get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}};
    while (polled[1].revents == 0) {
        ::poll(polled, 2, -1);
        // Not until its end: a process left in the background may hold the other end.
        is_logging = true;  // before the read: see on_abort()
        process::drain(reader_, [&](std::string_view bytes) { lines.append(bytes); });
        is_logging = false;
        if (!reader_) polled[0].fd = -1;
    }
    lines.finish();
}

void OutputCapture::stop() {
    if (is_stopped_) return;
    is_stopped_ = true;
    flush_standard_streams();
    ::dup2(original_out_.get(), STDOUT_FILENO);
    ::dup2(original_error_.get(), STDERR_FILENO);
    if (!thread_.joinable()) return;
    ::eventfd_write(wake_.get(), 1);
    thread_.join();
    set_abort_handler(-1, -1);
}

}  // namespace freshet::run
