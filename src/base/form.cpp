// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/form.hpp"

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

std::string form_text(std::string_view text) {
    std::string spaced{text};
    std::ranges::replace(spaced, '+', ' ');
    return percent_decoded(spaced);
}

}  // namespace

std::string percent_decoded(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool can_be_code = text[i] == '%' && text.size() - i > 2;
        const int high = can_be_code ? hex_value(text[i + 1]) : -1;
        const int low = can_be_code ? hex_value(text[i + 2]) : -1;
        const bool is_code = high >= 0 && low >= 0;
        decoded += is_code ? static_cast<char>(high * 16 + low) : text[i];
        if (is_code) i += 2;
    }
    return decoded;
}

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
        fields.emplace_back(form_text(name), form_text(piece.substr(std::min(piece.size(), name.size() + 1))));
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
