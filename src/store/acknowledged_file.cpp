// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/acknowledged_file.hpp"

#include "base/files.hpp"
#include "freshet/text.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <utility>

namespace freshet::store {

namespace fs = std::filesystem;

namespace {

/// Tells the runs of the machine apart; empty where the system does not say.
std::array<char, 40> boot_id() {
    std::array<char, 40> id{};
    try {
        const std::string text = read_file("/proc/sys/kernel/random/boot_id");
        trimmed(text).copy(id.data(), id.size() - 1);
    } catch (const Error&) {
        id = {};
    }
    return id;
}

/// The content of the file. Each number stands there twice, once with all bits inverted: one in which a bit has flipped
/// is told from a number.
struct Content {
    std::array<char, 16> format{"freshet changes"};
    AcknowledgedChanges changes{};
    AcknowledgedChanges inverted{};
    std::array<char, 40> boot{};
};

AcknowledgedChanges inverted(const AcknowledgedChanges& changes) {
    return {.committed = ~changes.committed, .synced = ~changes.synced};
}

/// Nothing when the file is missing or was damaged.
std::optional<Content> read_content(const fs::path& path) {
    try {
        const std::string bytes = read_file(path);
        Content content;
        const auto format = content.format;
        if (bytes.size() != sizeof content) return std::nullopt;
        std::memcpy(&content, bytes.data(), sizeof content);
        if (content.format != format || inverted(content.inverted) != content.changes) return std::nullopt;
        return content;
    } catch (const Error&) {
        return std::nullopt;
    }
}

}  // namespace

fs::path AcknowledgedFile::path_of(const fs::path& state) { return fs::path(state) += ".acknowledged"; }

std::int64_t AcknowledgedFile::required(const fs::path& state) {
    const auto content = read_content(path_of(state));
    if (!content) return 0;
    const auto boot = boot_id();
    return boot[0] != '\0' && boot == content->boot ? content->changes.committed : content->changes.synced;
}

AcknowledgedFile::~AcknowledgedFile() {
    const auto log = fs::path(state_) += "-wal";
    if (!is_kept_ && ::access(log.c_str(), F_OK) != 0) ::unlink(path_of(state_).c_str());
}

void AcknowledgedFile::create() {
    if (file_) return;
    boot_ = boot_id();
    auto file = open_file(path_of(state_), O_RDWR | O_CREAT, 0600);
    if (::lseek(file.get(), 0, SEEK_END) == 0)
        write_all(file, std::string(sizeof(Content), '\0'), path_of(state_));  // now there is room for it
    file_ = std::move(file);
}

void AcknowledgedFile::write(const AcknowledgedChanges& changes) noexcept {
    const Content content{.changes = changes, .inverted = inverted(changes), .boot = boot_};
    [[maybe_unused]] const auto written = ::pwrite(file_.get(), &content, sizeof content, 0);
}

}  // namespace freshet::store
