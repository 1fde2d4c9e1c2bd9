// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/utf8.hpp"

#include <algorithm>
#include <clocale>
#include <cwctype>

namespace freshet {

namespace {

constexpr std::size_t max_continuation = 3;  // bytes of a character after its first one

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80U; }

std::size_t length_of(unsigned char first) {
    if (first < 0x80) return 1;
    if (first >= 0xc2 && first < 0xe0) return 2;
    if (first >= 0xe0 && first < 0xf0) return 3;
    if (first >= 0xf0 && first < 0xf5) return 4;
    return 0;
}

bool is_valid(std::uint32_t code, std::size_t length) {
    const bool is_shortest = (length != 3 || code >= 0x800) && (length != 4 || code >= 0x10000);
    const bool is_surrogate = code >= 0xd800 && code <= 0xdfff;
    return is_shortest && !is_surrogate && code <= 0x10ffff;
}

void append(std::string& text, std::uint32_t code) {
    const auto tail = [code](unsigned shift) { return static_cast<char>(0x80U | ((code >> shift) & 0x3fU)); };
    if (code < 0x80) {
        text += static_cast<char>(code);
    } else if (code < 0x800) {
        text += {static_cast<char>(0xc0U | (code >> 6U)), tail(0)};
    } else if (code < 0x10000) {
        text += {static_cast<char>(0xe0U | (code >> 12U)), tail(6), tail(0)};
    } else {
        text += {static_cast<char>(0xf0U | (code >> 18U)), tail(12), tail(6), tail(0)};
    }
}

/// Knows the letters of all alphabets; null where the system has none such.
locale_t all_letters() {
    static const locale_t letters = newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return letters;
}

}  // namespace

Character first_character(std::string_view text) {
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t length = length_of(first);
    if (length == 1) return {first, 1};
    if (length == 0 || length > text.size()) return {};
    std::uint32_t code = first & (0x7fU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if (!is_continuation(text[i])) return {};
        code = (code << 6U) | (static_cast<unsigned char>(text[i]) & 0x3fU);
    }
    return is_valid(code, length) ? Character{code, length} : Character{};
}

bool is_control(std::uint32_t code) { return code < 0x20 || (code >= 0x7f && code < 0xa0); }

bool is_bidirectional_format(std::uint32_t code) {
    return code == 0x061c || code == 0x200e || code == 0x200f || (code >= 0x202a && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069);
}

std::string valid_utf8(std::string_view text) {
    std::string valid;
    while (!text.empty()) {
        const std::size_t length = first_character(text).length;
        valid += length == 0 ? std::string_view("\uFFFD") : text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return valid;
}

std::size_t whole_characters(std::string_view text, std::size_t max) {
    if (text.size() <= max) return text.size();
    for (std::size_t cut = 0; cut <= std::min(max, max_continuation); ++cut)
        if (!is_continuation(text[max - cut])) return max - cut;
    return max;
}

std::size_t incomplete_tail(std::string_view text) {
    for (std::size_t size = 1; size <= std::min(max_continuation, text.size()); ++size) {
        const char byte = text[text.size() - size];
        if (!is_continuation(byte)) return length_of(static_cast<unsigned char>(byte)) > size ? size : 0;
    }
    return 0;
}

std::string lower_utf8(std::string_view text) {
    const locale_t letters = all_letters();
    std::string small;
    small.reserve(text.size());
    while (!text.empty()) {
        const char first = text.front();
        if (static_cast<unsigned char>(first) < 0x80) {  // most are: there may be a million names to look through
            small += first >= 'A' && first <= 'Z' ? static_cast<char>(first - 'A' + 'a') : first;
            text.remove_prefix(1);
            continue;
        }
        const auto [code, length] = first_character(text);
        if (length > 1 && letters)
            append(small, static_cast<std::uint32_t>(towlower_l(static_cast<wint_t>(code), letters)));
        else
            small += text.substr(0, std::max<std::size_t>(length, 1));
        text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return small;
}

}  // namespace freshet
