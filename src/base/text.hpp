// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace freshet {

std::string_view trimmed(std::string_view text);
std::vector<std::string> split(std::string_view text, char separator);
std::string joined(const std::vector<std::string>& parts, std::string_view separator);
/// At most so many bytes of it, ending in "…" where something was left out; never half a UTF-8 character.
std::string shortened(std::string_view text, std::size_t most);
std::string lower(std::string_view text);

/// The candidate that a person most likely meant by `word`, or "" when none is near (edit distance; two
/// neighbours swapped are one slip).
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

/// "; did you mean 'x'?", or "" when nothing is near: the end of an error message.
std::string suggestion(std::string_view word, const std::vector<std::string>& candidates);

/// Bytes as people read them: "512 B", "31.3 MB" (powers of 1000).
std::string readable_bytes(double bytes);

}  // namespace freshet
