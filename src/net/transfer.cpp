// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "net/transfer.hpp"

#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <memory>
#include <utility>

namespace freshet::http {

namespace {

/// Takes the memory for the announced body at once: a string that grows copies what it has. An announcement alone takes
/// no more than this.
void reserve_body(Response& response) {
    constexpr std::uint64_t most = 64U << 20;
    const std::string announced = response.header("Content-Length").value_or("");
    std::uint64_t length = 0;
    std::from_chars(announced.data(), announced.data() + announced.size(), length);
    response.body.reserve(std::min(length, most));
}

void remove_headers(Headers& headers, std::initializer_list<std::string_view> names) {
    std::erase_if(headers, [&](const auto& header) {
        return std::ranges::any_of(names, [&](auto name) { return equal_ignoring_case(header.first, name); });
    });
}

/// The status in "HTTP/1.1 200 OK".
int status_of(std::string_view line) {
    const auto space = std::min(line.find(' ') + 1, line.size());
    int status = 0;
    std::from_chars(line.data() + space, line.data() + line.size(), status);
    return status;
}

struct FreeUrl {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, FreeUrl>;

std::string part(CURLU* url, CURLUPart which) {
    char* text = nullptr;
    const unsigned flags = which == CURLUPART_PORT ? CURLU_DEFAULT_PORT : 0;
    if (curl_url_get(url, which, &text, flags) != CURLUE_OK) return "";
    const std::string result = text;
    curl_free(text);
    return result;
}

/// Scheme, host and port.
std::array<std::string, 3> origin(CURLU* url) {
    return {part(url, CURLUPART_SCHEME), lower(part(url, CURLUPART_HOST)), part(url, CURLUPART_PORT)};
}

void remove_body(Request& request) {
    request.body.clear();
    request.body_file.reset();
    remove_headers(request.headers, {"Content-Type", "Content-Encoding", "Content-Length"});
}

}  // namespace

void ResponseReader::header_line(std::string_view line) {
    auto& headers = response_.headers;
    const auto colon = line.find(':');
    if (line.starts_with("HTTP/")) {
        headers.clear();  // discards those of an interim response (100 Continue)
        response_.status = status_of(line);
    } else if (colon != line.npos) {
        headers.emplace_back(line.substr(0, colon), trimmed(line.substr(colon + 1)));
    }
}

void ResponseReader::body(std::string_view bytes) {
    if (is_received_by_request()) {
        announce();
        return request_.receive(bytes);
    }
    if (response_.body.empty()) reserve_body(response_);
    response_.body.append(bytes);
}

void ResponseReader::announce() {
    if (request_.receive_headers && !std::exchange(is_announced_, true)) request_.receive_headers(response_);
}

Response ResponseReader::finish() {
    if (is_received_by_request()) announce();  // one without a body
    if (request_.decodes_gzip && response_.header("Content-Encoding"))
        remove_headers(response_.headers, {"Content-Encoding", "Content-Length"});
    return std::move(response_);
}

FileBody::FileBody(const FileRegion& region) : region_(region), file_(open_file(region.path, O_RDONLY)) { seek(0); }

void FileBody::seek(std::uint64_t offset) {
    if (::lseek(file_.get(), static_cast<off_t>(region_.offset + offset), SEEK_SET) < 0)
        throw_system_error("read", region_.path, errno);
    sent_ = offset;
}

std::size_t FileBody::read(char* buffer, std::size_t size) {
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(size, region_.length - sent_));
    if (wanted == 0) return 0;
    const std::size_t count = read_some(file_, buffer, wanted, region_.path);
    if (count == 0) {
        throw Error(fmt::format("read '{}': it ends {} bytes before the end of what is to be sent",
                                region_.path.string(), region_.length - sent_));
    }
    sent_ += count;
    return count;
}

std::optional<Request> redirected(const Request& request, const Response& response) {
    constexpr std::array redirects{301, 302, 303, 307, 308};
    const auto location = response.header("Location");
    if (!location || std::ranges::find(redirects, response.status) == redirects.end()) return std::nullopt;

    const Url url{curl_url()};
    if (curl_url_set(url.get(), CURLUPART_URL, request.url.c_str(), 0) != CURLUE_OK)
        throw Error(fmt::format("{} '{}': it redirects, which only http:// and https:// URLs may",
                                lower(request.method), redacted_url(request.url)));
    const auto from = origin(url.get());
    if (curl_url_set(url.get(), CURLUPART_URL, location->c_str(), 0) != CURLUE_OK) {
        throw Error(fmt::format("{} '{}': it redirects to '{}', which is not a URL", lower(request.method),
                                redacted_url(request.url), redacted_url(*location)));
    }

    Request next = request;
    next.url = part(url.get(), CURLUPART_URL);
    if (origin(url.get()) != from) remove_headers(next.headers, {"Authorization", "Cookie", "Proxy-Authorization"});
    const bool to_get =
        response.status == 303 ? request.method != "HEAD" : response.status < 303 && request.method == "POST";
    if (to_get) {
        next.method = "GET";
        remove_body(next);
    }
    return next;
}

}  // namespace freshet::http
