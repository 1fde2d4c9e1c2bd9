// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/files.hpp"
#include "freshet/http.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

// Parts of a client's transfer that know nothing of libcurl's handles.
namespace freshet::http {

/// Collects the response to a request as it arrives.
class ResponseReader {
public:
    explicit ResponseReader(const Request& request) : request_(request) {}

    /// Takes a status line or a header, with its line end.
    void header_line(std::string_view line);
    /// Takes a piece of the body, which goes to Request::receive or into the response. Throws what the functions of the
    /// request throw.
    void body(std::string_view bytes);

    const Response& response() const { return response_; }
    /// The response once it is whole. Call once.
    Response finish();

private:
    bool is_received_by_request() const { return request_.receive && response_.status / 100 == 2; }
    void announce();

    const Request& request_;
    Response response_;
    bool is_announced_ = false;  ///< to Request::receive_headers
};

/// A region of a file that is sent as the body of a request.
class FileBody {
public:
    /// Throws Error when the file cannot be opened.
    explicit FileBody(const FileRegion& region);

    /// Reads the next bytes, at most `size`; 0 at the end of the region. Throws Error when the file ends before.
    std::size_t read(char* buffer, std::size_t size);
    /// Goes on from this offset in the region.
    void seek(std::uint64_t offset);
    std::uint64_t length() const { return region_.length; }

private:
    FileRegion region_;
    FileDescriptor file_;
    std::uint64_t sent_ = 0;
};

/// The request that follows a redirect: without Authorization and cookies if it goes to another host, scheme or port,
/// and as browsers do without a body after 303 and after the POST of a 301 or 302. nullopt for any other response.
/// Throws Error when the Location is no URL.
std::optional<Request> redirected(const Request& request, const Response& response);

}  // namespace freshet::http
