// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/digest.hpp"
#include "freshet/error.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <optional>

namespace freshet {

namespace {

using Bytes = std::array<unsigned char, 16>;

std::optional<unsigned> hex_value(char digit) {
    if (digit >= '0' && digit <= '9') return static_cast<unsigned>(digit - '0');
    if (digit >= 'a' && digit <= 'f') return static_cast<unsigned>(digit - 'a' + 10);
    if (digit >= 'A' && digit <= 'F') return static_cast<unsigned>(digit - 'A' + 10);
    return std::nullopt;
}

bool has_dash_before(std::size_t byte) { return byte == 4 || byte == 6 || byte == 8 || byte == 10; }

Bytes parse_uuid(std::string_view text) {
    const auto refuse = [&] { return Error(fmt::format("making an id: namespace '{}' is not a UUID", text)); };
    if (text.size() != 36) throw refuse();
    Bytes bytes;
    std::size_t at = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (has_dash_before(i) && text[at++] != '-') throw refuse();
        const auto high = hex_value(text[at]), low = hex_value(text[at + 1]);
        if (!high || !low) throw refuse();
        bytes[i] = static_cast<unsigned char>(*high << 4 | *low);
        at += 2;
    }
    return bytes;
}

/// Sets the bits that tell a UUID's version and variant (RFC 9562, section 4).
std::string format_uuid(Bytes bytes, unsigned version) {
    bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | version << 4);
    bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
    std::string text;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        if (has_dash_before(i)) text += '-';
        text += fmt::format("{:02x}", bytes[i]);
    }
    return text;
}

}  // namespace

std::string uuid5(std::string_view space, std::string_view name) {
    const Bytes prefix = parse_uuid(space);
    std::string input(prefix.begin(), prefix.end());
    input += name;
    std::array<unsigned char, EVP_MAX_MD_SIZE> sha1;
    if (EVP_Digest(input.data(), input.size(), sha1.data(), nullptr, EVP_sha1(), nullptr) != 1) {
        throw Error("making an id: libcrypto refused SHA-1 (is the algorithm disabled on this system?)");
    }
    Bytes bytes;
    std::copy_n(sha1.begin(), bytes.size(), bytes.begin());
    return format_uuid(bytes, 5);
}

std::string uuid4() {
    Bytes bytes;
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
        throw Error("making an id: the system's random generator failed");
    }
    return format_uuid(bytes, 4);
}

}  // namespace freshet
