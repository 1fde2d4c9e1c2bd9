// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/json.hpp"

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet {

/// An output of a task, which exists whole or not at all. Its address differs from that of every other target.
/// Functions are thread-safe: a plan asks for many outputs at once.
template <class T>
concept Target = requires(const T& target) {
    { target.exists() } -> std::same_as<bool>;
    { target.address() } -> std::convertible_to<std::string>;
};

/// The size and digest of a target's content.
struct Content {
    std::uintmax_t size = 0;  ///< in bytes
    std::string sha256{};     ///< in hexadecimal; "" where it was not computed
    std::string validator{};  ///< the server's header that changes with the content, like 'ETag "1f"'; "" without one

    friend bool operator==(const Content&, const Content&) = default;
};

/// A file or a folder on this machine.
///
/// Inside a task's run(), in the thread that runs it, what is created is staged: written beside the target, synced to
/// disk, and put in its place by the worker after run() has returned, together with a receipt. Elsewhere, and in
/// Context::scratch(), it is put in place at once. What an attempt has staged exists for it, and can be read by it,
/// before others see it.
///
/// What a task writes to path() itself is not staged. It exists for others once the attempt has ended well, which adds
/// the receipt; what an attempt that ends otherwise leaves is renamed to `.freshet/NAME.unfinished` in its folder.
class LocalTarget {
public:
    explicit LocalTarget(std::filesystem::path path) : path_(std::move(path)) {}

    /// The path that it was made with.
    const std::filesystem::path& path() const { return path_; }
    std::string address() const;
    bool exists() const;
    /// Returns of each target if it exists, by listing each folder once: for many in one folder, as bulk_complete() of
    /// a class asks. Throws Error when a folder cannot be read.
    static std::vector<bool> exist_by_listing(const std::vector<LocalTarget>& targets);

    /// Calls `write` with the path of a temporary file (or folder, if it makes one) in the target's folder, which is
    /// made when missing. If `write` throws, nothing is left behind.
    void create(const std::function<void(const std::filesystem::path&)>& write) const;

    /// The same with the whole content at hand.
    void write(std::string_view content) const;

    /// SHA-256 of what is there: from its receipt while its size is the one noted there, else computed.
    std::string sha256() const;

    /// The facts that the attempt which made it put into its receipt with Context::add_metadata(); an empty object
    /// where it has none.
    Json metadata() const;

    /// The content of the file; throws Error when it cannot be read.
    std::string read() const;

    /// The receipt of what was published; nullopt without one. Throws Error, naming its file, when it is no JSON.
    std::optional<Json> receipt() const;

    /// Reads what is there, finished or not; nullopt: nothing.
    std::optional<Content> content() const;

    /// Moves what was published to `.freshet/NAME.stale`, replacing an earlier one, and removes its receipt. Returns
    /// the new path; "" where there is no receipt.
    std::string retire() const;

    friend bool operator==(const LocalTarget&, const LocalTarget&) = default;

private:
    std::filesystem::path path_;
};

}  // namespace freshet
