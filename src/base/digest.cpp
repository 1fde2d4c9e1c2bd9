// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/digest.hpp"

#include "base/files.hpp"
#include "freshet/error.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/string_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

#include <fcntl.h>
#include <algorithm>
#include <stdexcept>
#include <vector>

namespace freshet {

struct FreeDigestContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

namespace {

using Context = std::unique_ptr<EVP_MD_CTX, FreeDigestContext>;

// Looking an algorithm up costs more than hashing a task id, so it is done once for the life of the program.
const EVP_MD* algorithm_sha256() {
    static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return algorithm;
}

const EVP_MD* algorithm_md5() {
    static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "MD5", nullptr);
    return algorithm;
}

void check(bool succeeded) {
    if (!succeeded) throw Error("compute digest: libcrypto refused (is the algorithm disabled on this system?)");
}

void start(EVP_MD_CTX* context, const EVP_MD* algorithm) {
    check(context != nullptr && algorithm != nullptr && EVP_DigestInit_ex2(context, algorithm, nullptr) == 1);
}

void feed(EVP_MD_CTX* context, std::string_view bytes) {
    check(EVP_DigestUpdate(context, bytes.data(), bytes.size()) == 1);
}

std::string hex_digits(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    text.reserve(2 * bytes.size());
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text;
}

std::string finish(EVP_MD_CTX* context) {
    std::string bytes(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    check(EVP_DigestFinal_ex(context, reinterpret_cast<unsigned char*>(bytes.data()), &size) == 1);
    bytes.resize(size);
    return bytes;
}

std::string digest(const EVP_MD* algorithm, std::string_view bytes) {
    thread_local const Context context(EVP_MD_CTX_new());
    start(context.get(), algorithm);
    feed(context.get(), bytes);
    return finish(context.get());
}

constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string digest_of_regular_file(const std::filesystem::path& path) {
    const FileDescriptor file = open_file(path, O_RDONLY);
    std::vector<char> buffer(1 << 17);  // larger ones are not faster
    Sha256 sha;
    while (const std::size_t size = read_some(file, buffer.data(), buffer.size(), path)) {
        sha.update({buffer.data(), size});
    }
    return sha.hex();
}

boost::uuids::uuid parse_uuid(std::string_view text) {
    try {
        constexpr std::size_t size_with_dashes = 36;  // the generator also accepts other forms
        if (text.size() == size_with_dashes) return boost::uuids::string_generator()(text.begin(), text.end());
    } catch (const std::runtime_error&) {
        // reported below
    }
    throw Error(fmt::format("make UUID: namespace '{}' is not a UUID", text));
}

}  // namespace

struct Sha256::State {
    Context context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : state_(std::make_unique<State>()) { start(state_->context.get(), algorithm_sha256()); }
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) { feed(state_->context.get(), bytes); }

std::string Sha256::hex() { return hex_digits(finish(state_->context.get())); }

std::string sha256(std::string_view bytes) { return hex_digits(sha256_bytes(bytes)); }

std::string sha256_bytes(std::string_view bytes) { return digest(algorithm_sha256(), bytes); }

std::string hmac_sha256_bytes(std::string_view key, std::string_view bytes) {
    std::string result(EVP_MAX_MD_SIZE, '\0');
    unsigned size = 0;
    // Reads through both pointers also where there are no bytes.
    const char* const key_bytes = key.empty() ? "" : key.data();
    const char* const message = bytes.empty() ? "" : bytes.data();
    check(algorithm_sha256() != nullptr && HMAC(algorithm_sha256(), key_bytes, static_cast<int>(key.size()),
                                                reinterpret_cast<const unsigned char*>(message), bytes.size(),
                                                reinterpret_cast<unsigned char*>(result.data()), &size) != nullptr);
    result.resize(size);
    return result;
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
    return hex_digits(hmac_sha256_bytes(key, bytes));
}

std::string md5(std::string_view bytes) { return hex_digits(digest(algorithm_md5(), bytes)); }

std::string sha256_of_file(const std::filesystem::path& path) {
    if (!is_folder(path)) return digest_of_regular_file(path);
    Sha256 sha;
    for (const auto& file : files_below(path)) {
        sha.update(digest_of_regular_file(path / file) + "  " + file.string() + "\n");
    }
    return sha.hex();
}

std::string uuid5(std::string_view space, std::string_view name) {
    return to_string(boost::uuids::name_generator_sha1(parse_uuid(space))(name.data(), name.size()));
}

std::string uuid4() {
    try {
        return to_string(boost::uuids::random_generator()());
    } catch (const std::runtime_error& error) {
        throw Error(fmt::format("make UUID: the system's random generator failed: {}", error.what()));
    }
}

std::string base64(std::string_view bytes) {
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - i);
        unsigned group = 0;
        for (std::size_t k = 0; k < 3; ++k)
            group = group << 8 | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k) text += k <= count ? base64_digits[group >> (18 - 6 * k) & 63] : '=';
    }
    return text;
}

std::optional<std::string> base64_decoded(std::string_view text) {
    while (text.ends_with('=')) text.remove_suffix(1);
    std::string bytes;
    unsigned bits = 0;
    int count = 0;
    for (const char digit : text) {
        const std::size_t value = base64_digits.find(digit);
        if (value == base64_digits.npos) return std::nullopt;
        bits = (bits << 6 | static_cast<unsigned>(value)) & 0xffff;
        count += 6;
        if (count < 8) continue;
        count -= 8;
        bytes += static_cast<char>(bits >> count & 0xff);
    }
    return bytes;
}

}  // namespace freshet
