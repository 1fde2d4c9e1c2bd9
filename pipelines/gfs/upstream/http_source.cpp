// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/http_source.hpp"

#include "upstream/answer.hpp"

#include <fmt/format.h>

namespace gfs {

HttpSource::HttpSource(std::string base_url, freshet::http::Client& client)
    : base_url_(std::move(base_url)), client_(client) {
    if (!base_url_.ends_with('/')) base_url_ += '/';
}

FileInfo HttpSource::head(const std::string& path) {
    const freshet::http::Request request{.method = "HEAD", .url = address(path)};
    return file_info(request, client_.send(request));
}

WholeFile HttpSource::get(const std::string& path) {
    const freshet::http::Request request{.url = address(path)};
    return whole_body(request, client_.send(request));
}

std::string HttpSource::get(const std::string& path, ByteRange range) {
    const freshet::http::Request request{
        .url = address(path), .headers = {{"Range", fmt::format("bytes={}-{}", range.begin, range.end - 1)}}};
    return partial_body(request, client_.send(request), range);
}

}  // namespace gfs
