// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/url_encoding.hpp"

#include <algorithm>

namespace freshet {

namespace {

/// The value of a hexadecimal digit, or -1.
int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool is_plain(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view{"-._~"}.find(c) != std::string_view::npos;
}

/// The byte that the text begins with as "%2F"; -1 when it does not.
int code_at(std::string_view text) {
    if (text.size() < 3) return -1;
    const int high = hex_value(text[1]), low = hex_value(text[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

enum class Plus { is_plus, is_space };

std::string decoded(std::string_view text, Plus plus) {
    std::string result(text.size(), '\0');
    char* end = result.data();
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int code = text[i] == '%' ? code_at(text.substr(i)) : -1;
        *end++ = code >= 0 ? static_cast<char>(code) : text[i] == '+' && plus == Plus::is_space ? ' ' : text[i];
        if (code >= 0) i += 2;
    }
    result.resize(static_cast<std::size_t>(end - result.data()));
    return result;
}

}  // namespace

std::string percent_decoded(std::string_view text) { return decoded(text, Plus::is_plus); }

std::string percent_encoded(std::string_view text) {
    static constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    encoded.reserve(text.size());
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (is_plain(c))
            encoded += c;
        else
            encoded.append({'%', digits[byte >> 4U], digits[byte & 15U]});
    }
    return encoded;
}

FormFields form_decoded(std::string_view text) {
    FormFields fields;
    while (!text.empty()) {
        const auto piece = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(text.size(), piece.size() + 1));
        if (piece.empty()) continue;
        const auto name = piece.substr(0, piece.find('='));
        const auto value = piece.substr(std::min(piece.size(), name.size() + 1));
        fields.emplace_back(decoded(name, Plus::is_space), decoded(value, Plus::is_space));
    }
    return fields;
}

std::string form_encoded(const FormFields& fields) {
    std::string text;
    for (const auto& [name, value] : fields) {
        if (!text.empty()) text += '&';
        text += percent_encoded(name) + '=' + percent_encoded(value);
    }
    return text;
}

}  // namespace freshet
