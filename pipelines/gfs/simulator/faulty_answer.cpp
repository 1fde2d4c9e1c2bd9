// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/faulty_answer.hpp"

#include <fmt/format.h>
#include <strings.h>

#include <algorithm>

namespace gfs::simulator {
namespace {

using freshet::http::Request;
using freshet::http::Response;

Response status_response(const Fault& fault) {
    Response response{.status = fault.status, .body = fmt::format("the mirror rehearses status {}\n", fault.status)};
    if (fault.retry_after) response.headers.emplace_back("Retry-After", std::to_string(*fault.retry_after));
    if (fault.status / 100 == 3) response.headers.emplace_back("Location", "/blocked.html");
    return response;
}

Response html_response() {
    return {.headers = {{"Content-Type", "text/html"}},
            .body = "<!DOCTYPE html>\n<html><body>The mirror rehearses a page in place of a file.</body></html>\n"};
}

Response cut(const Fault& fault, Response response) {
    const auto size = response.file ? response.file->length : response.body.size();
    response.fault.cut_after = fault.bytes.value_or(size / 2);
    return response;
}

Response throttled(const Fault& fault, Response response) {
    response.fault.bytes_per_second = fault.rate;
    return response;
}

bool is_range(const std::pair<std::string, std::string>& header) {
    return ::strcasecmp(header.first.c_str(), "Range") == 0;
}

Request without_range(Request request) {
    std::erase_if(request.headers, is_range);
    return request;
}

/// The same request for bytes somewhere else.
Request shifted_range(const Request& request, std::int64_t shift, std::uint64_t size) {
    const auto range = freshet::http::find_header(request.headers, "Range");
    const auto span = range ? parse_range(*range, size) : std::nullopt;
    if (!span || span->length == 0) return request;
    const auto most = static_cast<std::int64_t>(size - 1);
    const auto begin = std::clamp(static_cast<std::int64_t>(span->begin) + shift, std::int64_t{0}, most);
    auto other = without_range(request);
    other.headers.emplace_back("Range",
                               fmt::format("bytes={}-{}", begin, begin + static_cast<std::int64_t>(span->length) - 1));
    return other;
}

}  // namespace

Response fault_response(const Fault& fault, const Content& content, const Request& request) {
    switch (fault.kind) {
        case FaultKind::absent:
            return not_found();
        case FaultKind::status:
            return status_response(fault);
        case FaultKind::empty:
            return {};
        case FaultKind::html:
            return html_response();
        case FaultKind::cut:
            return cut(fault, content_response(content, request));
        case FaultKind::slow:
            return throttled(fault, content_response(content, request));
        case FaultKind::ignore_range:
            return content_response(content, without_range(request));
        case FaultKind::wrong_range:
            return content_response(content, shifted_range(request, fault.shift, content.info.length));
        case FaultKind::truncated:
        case FaultKind::stale_index:
        case FaultKind::replaced:
            break;  // the content is what is wrong
    }
    return content_response(content, request);
}

}  // namespace gfs::simulator
