// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "net/gzip.hpp"

#include "base/gzip.hpp"
#include "freshet/text.hpp"

#include <algorithm>
#include <array>

namespace freshet::http {

namespace {

constexpr std::size_t min_compressed_size = 1024;  // smaller bodies fit in one packet
constexpr int level = 1;                           // the network is faster than the higher levels

bool is_text(std::string_view content_type) {
    constexpr std::array<std::string_view, 5> kinds{"text/", "application/json", "application/javascript",
                                                    "application/openmetrics-text", "image/svg+xml"};
    return std::ranges::any_of(kinds, [&](auto kind) { return content_type.starts_with(kind); });
}

bool can_be_compressed(const Response& response) {
    const bool has_fault = response.fault.cut_after || response.fault.bytes_per_second;
    return response.body.size() >= min_compressed_size && !response.file && !has_fault && response.status != 206 &&
           !response.header("Content-Encoding") && is_text(response.header("Content-Type").value_or(""));
}

/// Returns true if an element such as "gzip;q=0.5" names the coding with a non-zero weight.
bool allows(std::string_view piece, std::string_view coding) {
    const auto semicolon = std::min(piece.find(';'), piece.size());
    if (lower(trimmed(piece.substr(0, semicolon))) != coding) return false;
    const auto quality = trimmed(piece.substr(std::min(semicolon + 1, piece.size())));
    const bool is_forbidden = quality.starts_with("q=0") && quality.find_first_not_of("0.", 2) == quality.npos;
    return !is_forbidden;
}

}  // namespace

std::string gzipped(std::string_view bytes) {
    std::string result;
    GzipEncoder encoder(level, [&](std::string_view piece) { result += piece; });
    encoder.append(bytes);
    encoder.finish();
    return result;
}

bool accepts_gzip(std::string_view accept_encoding) {
    const auto pieces = split(accept_encoding, ',');
    return std::ranges::any_of(pieces, [](const auto& piece) { return allows(piece, "gzip"); });
}

void compress(Response& response, std::string_view accept_encoding) {
    if (!can_be_compressed(response)) return;
    response.headers.emplace_back("Vary", "Accept-Encoding");
    if (!accepts_gzip(accept_encoding)) return;
    response.body = gzipped(response.body);
    response.headers.emplace_back("Content-Encoding", "gzip");
}

}  // namespace freshet::http
