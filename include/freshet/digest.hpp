// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// Digests, UUIDs and base64. The functions are thread-safe. Digests throw Error when libcrypto lacks the algorithm: a
// FIPS configuration disables MD5.
namespace freshet {

/// Computes SHA-256 incrementally. One thread at a time; an object that was moved from can only be assigned to.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;

    /// Appends to the message. Its division into calls does not matter.
    void update(std::string_view bytes);
    /// 64 lower-case hexadecimal digits. Ends the computation: call nothing after it.
    std::string hex();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// 64 lower-case hexadecimal digits.
std::string sha256(std::string_view bytes);
/// The 32 bytes themselves.
std::string sha256_bytes(std::string_view bytes);

/// HMAC-SHA256 (RFC 2104) of the bytes under a key of any length: the 32 bytes themselves.
std::string hmac_sha256_bytes(std::string_view key, std::string_view bytes);
/// 64 lower-case hexadecimal digits.
std::string hmac_sha256(std::string_view key, std::string_view bytes);

/// SHA-256 of a file's bytes; of a folder, of the lines "<digest>  <relative path>\n" of the regular files below it,
/// sorted by path. Links and empty folders below it do not count. Reads in small pieces. Throws Error when something is
/// missing or cannot be read.
std::string sha256_of_file(const std::filesystem::path& path);

/// 32 lower-case hexadecimal digits; used for Luigi's task ids, not for security.
std::string md5(std::string_view bytes);

/// UUID version 5 (RFC 9562): the same namespace and name give the same id everywhere.
/// `space` is itself a UUID in text form; throws Error when it is not.
std::string uuid5(std::string_view space, std::string_view name);

/// A random UUID, version 4, from the system's generator; throws Error when that fails.
std::string uuid4();

/// Base64 (RFC 4648), padded with '='.
std::string base64(std::string_view bytes);
/// The bytes of such a text, padded or not; nullopt for one with another character.
std::optional<std::string> base64_decoded(std::string_view text);

}  // namespace freshet
