// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace freshet {

/// Computes SHA-256 incrementally.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;

    void update(std::string_view bytes);
    /// 64 lower-case hexadecimal digits. Ends the computation: call nothing after it.
    std::string hex();

private:
    struct State;
    std::unique_ptr<State> state_;
};

std::string sha256(std::string_view bytes);

/// SHA-256 of a file's bytes; of a folder, of the sorted lines "<digest>  <relative path>\n" of its files. Throws Error
/// when something cannot be read.
std::string sha256_of_file(const std::filesystem::path& path);

/// 32 lower-case hexadecimal digits; used for Luigi's task ids.
std::string md5(std::string_view bytes);

/// UUID version 5 (RFC 9562): the same namespace and name give the same id everywhere.
/// `space` is itself a UUID in text form; throws Error when it is not.
std::string uuid5(std::string_view space, std::string_view name);

/// A random UUID, version 4, from the system's generator.
std::string uuid4();

}  // namespace freshet
