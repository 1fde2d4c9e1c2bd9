// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "source/http_source.hpp"

#include "source/answer.hpp"

#include <fmt/format.h>

namespace gfs {

HttpSource::HttpSource(std::string root, freshet::http::Client& client) : root_(std::move(root)), client_(client) {
    if (!root_.ends_with('/')) root_ += '/';
}

FileFacts HttpSource::head(const std::string& path) {
    const freshet::http::Request request{.method = "HEAD", .url = address(path)};
    return facts_of(request, client_.send(request));
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
