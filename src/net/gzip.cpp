// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "net/gzip.hpp"

#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>

namespace freshet::http {

namespace {

constexpr std::size_t min_compressed_size = 1024;  // smaller bodies fit in one packet
constexpr int level = 1;                           // the network is faster than the higher levels
constexpr int window_with_gzip_header = 15 + 16;
constexpr int memory_level = 8;  // zlib's default

struct Deflate {
    Deflate() {
        const int result =
            ::deflateInit2(&stream, level, Z_DEFLATED, window_with_gzip_header, memory_level, Z_DEFAULT_STRATEGY);
        if (result != Z_OK) throw Error("compress response: cannot initialise zlib");
    }
    ~Deflate() { ::deflateEnd(&stream); }
    Deflate(const Deflate&) = delete;
    Deflate& operator=(const Deflate&) = delete;

    z_stream stream{};
};

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
    if (bytes.size() > std::numeric_limits<uInt>::max()) throw Error("compress response: body exceeds 4 GB");
    Deflate deflate;
    std::string result(::deflateBound(&deflate.stream, static_cast<uLong>(bytes.size())), '\0');
    deflate.stream.next_in =
        reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib does not modify its input
    deflate.stream.avail_in = static_cast<uInt>(bytes.size());
    deflate.stream.next_out = reinterpret_cast<Bytef*>(result.data());
    deflate.stream.avail_out = static_cast<uInt>(result.size());
    if (::deflate(&deflate.stream, Z_FINISH) != Z_STREAM_END) throw Error("compress response: zlib failed");
    result.resize(deflate.stream.total_out);
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
