// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Functions of text in UTF-8; positions and lengths are in bytes, and bytes that are no UTF-8 stay as they are. All are
// thread-safe.
namespace freshet {

/// The text without spaces, tabs and line ends at both ends: a view into `text`.
std::string_view trimmed(std::string_view text);
/// The parts between separators, empty ones too; an empty text has one empty part.
std::vector<std::string> split(std::string_view text, char separator);
/// split() with each part trimmed().
std::vector<std::string> split_trimmed(std::string_view text, char separator);
/// The parts with the separator between them; "" without parts.
std::string joined(const std::vector<std::string>& parts, std::string_view separator);
/// Lower-cases ASCII letters only.
std::string lower(std::string_view text);
/// True when both texts are the same but for the case of ASCII letters, whatever the locale.
bool equal_ignoring_case(std::string_view left, std::string_view right);
/// At most `max_bytes` (3 or more) of the text, ending in "…" (3 bytes) when something was cut off; never half a UTF-8
/// character.
std::string shortened(std::string_view text, std::size_t max_bytes);

/// The candidate nearest to `word` by edit distance (swapped neighbours count once), ignoring ASCII case; the first of
/// several. "" when none is within a third of the word's letters, or one letter for short words. The time is
/// proportional to the product of both lengths, so both should be names rather than texts.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);
/// "; did you mean 'x'?", the end of an error message, or "" when no candidate is near.
std::string suggestion(std::string_view word, const std::vector<std::string>& candidates);

/// The text as the content of an XML element or of an attribute in double quotes; control characters by their numbers.
std::string xml_escaped(std::string_view text);

/// Bytes with a decimal unit, up to PB: "512 B", "31.3 MB" (10^6).
std::string readable_bytes(double bytes);

/// RFC 3339 in UTC, fractions of a second dropped: "2026-08-21T06:00:00Z".
std::string format_utc(Time time);
/// HTTP's date (RFC 9110, IMF-fixdate), fractions of a second dropped: "Tue, 15 Mar 2022 21:30:00 GMT".
std::string format_http_date(Time time);
/// Parses what format_http_date() writes; nullopt for anything else, the obsolete forms of RFC 9110 included. Does not
/// check the day of the week against the date.
std::optional<Time> parse_http_date(std::string_view text);

}  // namespace freshet
