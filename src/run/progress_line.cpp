// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/progress_line.hpp"

#include "base/time.hpp"

#include <fmt/format.h>

#include <ostream>

namespace freshet::run {

namespace {

std::string text_of(const Progress::Running& running) {
    std::string text = running.description;
    if (running.fraction > 0) text += fmt::format(" {:.0f} %", running.fraction * 100);
    if (!running.status.empty()) text += fmt::format(" ({})", running.status);
    return text;
}

/// The first columns of a text, whole characters of UTF-8 only; what would move the cursor is left out.
std::string cut(std::string_view text, std::size_t width) {
    std::string shown;
    std::size_t columns = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) continue;
        const bool begins_character = (byte & 0xc0) != 0x80;
        if (begins_character && ++columns > width) break;
        shown += c;
    }
    return shown;
}

}  // namespace

std::string progress_text(const Progress& progress, Progress::Instant now, std::size_t width) {
    std::string text = fmt::format("{} of {}", progress.done(), progress.total());
    if (const auto rate = progress.rate(now)) text += fmt::format(", {:.3g}/min", *rate);
    if (const auto left = progress.time_left(now)) text += fmt::format(", {} left", readable_duration(*left));
    const char* separator = ": ";
    for (const auto& running : progress.running()) {
        text += separator + text_of(running);
        separator = ", ";
    }
    return cut(text, width);
}

ProgressLine::~ProgressLine() { wipe(); }

void ProgressLine::show(const Progress& progress, Progress::Instant now) {
    const std::lock_guard lock(mutex_);
    text_ = progress_text(progress, now, width_ - 1);  // the last column would wrap on some terminals
    draw();
}

void ProgressLine::write_above(Log& log, const LogRecord& record) {
    const std::lock_guard lock(mutex_);
    wipe();
    log.write(record);
    draw();
}

void ProgressLine::draw() {
    if (!text_.empty()) terminal_ << '\r' << text_ << "\x1b[K" << std::flush;
}

void ProgressLine::wipe() {
    if (!text_.empty()) terminal_ << "\r\x1b[K" << std::flush;
}

}  // namespace freshet::run
