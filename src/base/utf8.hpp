// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace freshet {

/// A character of a text, and how many bytes it takes; length 0: the bytes are no UTF-8.
struct Character {
    std::uint32_t code = 0;
    std::size_t length = 0;
};

/// Decodes the first character of a non-empty text.
Character first_character(std::string_view text);

/// True for C0 (with line feed and tab), DEL and C1, which a terminal obeys.
bool is_control(std::uint32_t code);

/// True for marks, embeddings, overrides and isolates of the bidirectional algorithm (UAX #9), with which one name can
/// be made to look like another.
bool is_bidirectional_format(std::uint32_t code);

/// The text with U+FFFD for each byte that is no UTF-8.
std::string valid_utf8(std::string_view text);

/// The greatest length up to `max` to which the text can be cut without cutting a character; bytes that are no UTF-8
/// may be cut anywhere.
std::size_t whole_characters(std::string_view text, std::size_t max);

/// The number of bytes at the end of the text that are the beginning of a character whose rest is missing.
std::size_t incomplete_tail(std::string_view text);

/// The text in small letters, of whatever alphabet: for comparisons that should not mind.
std::string lower_utf8(std::string_view text);

}  // namespace freshet
