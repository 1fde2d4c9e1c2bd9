// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/state_lock.hpp"

#include "base/host_name.hpp"
#include "base/time.hpp"
#include "freshet/digest.hpp"
#include "freshet/json.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <climits>
#include <thread>
#include <utility>

namespace freshet::store {

namespace fs = std::filesystem;

namespace {

std::string to_text(const LockHolder& holder) {
    return Json(Json::Object{{"host", holder.host},
                             {"pid", holder.pid},
                             {"since", rfc3339(holder.since)},
                             {"runs", holder.command},
                             {"shares", holder.is_sharing || holder.is_momentary},  // so that older versions wait
                             {"momentary", holder.is_momentary}})
               .text() +
           "\n";
}

/// Two names of one file must meet at one lock.
fs::path canonical_path(const fs::path& path) {
    std::error_code error;
    auto file = fs::weakly_canonical(fs::absolute(path), error);
    if (error) throw StoreError(fmt::format("open state '{}': {}", path.string(), error.message()));
    return file;
}

fs::path with_suffix(fs::path path, const char* suffix) { return path += suffix; }

LockMode mode_of(const Json& holder) {
    const auto is_set = [&](std::string_view member) {
        const Json* value = holder.find(member);
        return value && value->is_bool() && value->as_bool();
    };
    return is_set("momentary") ? LockMode::momentary : is_set("shares") ? LockMode::shared : LockMode::exclusive;
}

/// The error that names the holder, who may be just about to write who it is, or have died while it did.
LockedError locked_error(const fs::path& path, const fs::path& lock_file) {
    try {
        const auto json = Json::parse(read_file(lock_file));
        return LockedError(fmt::format("open state '{}': in use by '{}' (pid {} on host '{}') since {}", path.string(),
                                       json.at("runs").as_string(), json.at("pid").as_integer(),
                                       json.at("host").as_string(), json.at("since").as_string()),
                           mode_of(json));
    } catch (const Error&) {
        return LockedError(
            fmt::format("open state '{}': in use by a program that has not said yet who it is", path.string()));
    }
}

// A reader that looks whether a state is in use holds the lock for an instant.
constexpr int max_lock_tries = 3;
constexpr std::chrono::milliseconds lock_pause{2};

enum class Locked { no, yes, unknown };

/// Opens the file to read only: it may be another user's.
Locked is_locked(const fs::path& file) {
    const FileDescriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!opened) return Locked::unknown;
    if (::flock(opened.get(), LOCK_SH | LOCK_NB) == 0) return Locked::no;
    return errno == EWOULDBLOCK ? Locked::yes : Locked::unknown;
}

/// Nothing if it is taken. Where the place itself cannot be used, the state cannot be.
std::optional<FileLock> try_acquire_lock(const fs::path& path, const fs::path& lock_file, const LockHolder& holder) {
    try {
        create_folders(path.parent_path());
        create_private(lock_file);
        auto lock = FileLock::try_acquire(lock_file);
        for (int tries = 1; !lock && tries < max_lock_tries; ++tries) {
            std::this_thread::sleep_for(lock_pause);
            lock = FileLock::try_acquire(lock_file);
        }
        if (lock) lock->write(to_text(holder));
        return lock;
    } catch (const DiskFullError& error) {
        throw DiskFullError(fmt::format("open state '{}': {}", path.string(), error.what()));
    } catch (const Error& error) {
        throw StoreError(fmt::format("open state '{}': {}", path.string(), error.what()));
    }
}

// A holder says who it is as soon as it holds the lock.
constexpr int max_text_tries = 10;
constexpr std::chrono::milliseconds text_pause{10};

FileLock acquire_lock(const fs::path& path, const LockHolder& holder) {
    const auto lock_file = with_suffix(path, ".lock");
    for (int tries = 1;; ++tries) {
        if (auto lock = try_acquire_lock(path, lock_file, holder)) return std::move(*lock);
        const LockedError error = locked_error(path, lock_file);
        if (error.mode() != LockMode::unknown || tries == max_text_tries) throw error;
        std::this_thread::sleep_for(text_pause);
    }
}

constexpr std::size_t offset_digits = 15;  // below 2^60

/// The byte that stands for a run. Files need not be as long as the bytes that are locked in them.
struct flock byte_of(std::string_view run_id) {
    struct flock byte {};
    byte.l_type = F_WRLCK;
    byte.l_whence = SEEK_SET;
    byte.l_start = std::stoll(sha256(run_id).substr(0, offset_digits), nullptr, 16);
    byte.l_len = 1;
    return byte;
}

}  // namespace

void create_private(const fs::path& path) {
    FileDescriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
}

void lock_file(StateLock& state) {
    state.file_lock = FileLock::try_acquire(state.file);
    if (!state.file_lock)
        throw LockedError(fmt::format("open state '{}': in use by a program whose lock file '{}.lock' was deleted",
                                      state.file.string(), state.file.string()));
}

LockHolder this_process(std::string command, Time since) {
    return {.host = host_name(), .pid = getpid(), .since = since, .command = std::move(command)};
}

fs::path lock_path(const fs::path& state) { return with_suffix(canonical_path(state), ".lock"); }

fs::path socket_path(const fs::path& state) { return with_suffix(canonical_path(state), ".socket"); }

StateLock acquire_state_lock(const fs::path& path, const LockHolder& holder, const LockOptions& options) {
    auto file = canonical_path(path);
    if (options.is_shared(file.parent_path()))
        throw StoreError(
            fmt::format("open state '{}': it lies on a network filesystem, where SQLite loses data; name a "
                        "file on a local disk",
                        file.string()));
    auto lock = acquire_lock(file, holder);
    StateLock state_lock{std::move(file), std::move(lock)};
    if (exists_at(state_lock.file)) lock_file(state_lock);
    return state_lock;
}

bool is_in_use(const fs::path& path) {
    const auto file = canonical_path(path);
    Locked locked = is_locked(with_suffix(file, ".lock"));
    if (locked == Locked::unknown) locked = is_locked(file);  // the lock file was deleted
    return locked != Locked::no;
}

void announce(StateLock& lock, const LockHolder& holder) { lock.lock.write(to_text(holder)); }

LivenessLock::LivenessLock(const fs::path& state, std::string_view run_id) {
    try {
        file_ = open_file(lock_path(state), O_RDWR | O_CREAT, S_IRUSR | S_IWUSR);
        struct flock byte = byte_of(run_id);
        if (::fcntl(file_.get(), F_OFD_SETLK, &byte) != 0) throw_system_error("lock", lock_path(state), errno);
    } catch (const Error& error) {
        throw StoreError(fmt::format("use state '{}': {}", state.string(), error.what()));
    }
}

bool is_alive(const fs::path& state, std::string_view run_id) {
    try {
        const FileDescriptor file = open_file(lock_path(state), O_RDWR);
        struct flock byte = byte_of(run_id);
        return ::fcntl(file.get(), F_OFD_GETLK, &byte) != 0 || byte.l_type != F_UNLCK;
    } catch (const Error&) {
        return true;
    }
}

}  // namespace freshet::store
