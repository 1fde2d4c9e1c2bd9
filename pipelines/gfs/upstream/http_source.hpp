// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "upstream/source.hpp"

#include "freshet/error.hpp"
#include "freshet/http.hpp"

#include <string>

namespace gfs {

/// Files behind a web server that answers HEAD and Range. Each call sends one request and never retries. Without an
/// answer, or with one that is cut short, it throws the client's TransientError. Bodies are held in memory.
/// Redirects are errors. Thread-safe if the client is.
class HttpSource final : public Source {
public:
    /// Appends a missing slash to the URL. The client must outlive the source.
    HttpSource(std::string base_url, freshet::http::Client& client);

    FileInfo head(const std::string& path) override;
    WholeFile get(const std::string& path) override;
    std::string get(const std::string& path, ByteRange range) override;
    std::string address(const std::string& path) const override { return base_url_ + path; }

private:
    std::string base_url_;  ///< ends with a slash
    freshet::http::Client& client_;
};

// Checks of HTTP responses. Each function returns the requested value, or throws TransientError that names method, URL
// and status. Class permanent means that this mirror will not have the file, though another one may. A Retry-After is
// passed on; it turns the class transient into throttled. An empty file and a web page with status 200, which an
// overloaded server sends in place of any file, are rejected as transient.

/// The failure class of an unexpected status, from 0 to 999: not_ready for 404; throttled for 302 and 429; transient
/// for 200 to 206, 408, 416 and every 5xx; permanent for any other.
freshet::FailureClass failure_class_of(int status);

/// Checks the response to HEAD, which must have a Content-Length.
FileInfo file_info(const freshet::http::Request& request, const freshet::http::Response& response);

/// Checks the response to GET of a whole file, of the length in Content-Length if there is one.
WholeFile whole_body(const freshet::http::Request& request, freshet::http::Response response);

/// Checks the response to GET with a Range: status 206 and exactly the bytes of `range`, which must not be empty.
std::string partial_body(const freshet::http::Request& request, freshet::http::Response response, ByteRange range);

}  // namespace gfs
