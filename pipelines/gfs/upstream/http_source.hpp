// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "upstream/source.hpp"

#include "freshet/error.hpp"
#include "freshet/http.hpp"

#include <string>

namespace gfs {

/// Files behind a web server that answers HEAD and Range.
class HttpSource final : public Source {
public:
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
// and status. Class permanent means that this mirror will not have the file, though another one may.

/// The failure class of an unexpected status.
freshet::FailureClass failure_class_of(int status);

/// Checks the response to HEAD.
FileInfo file_info(const freshet::http::Request& request, const freshet::http::Response& response);

/// Checks the response to GET of a whole file.
WholeFile whole_body(const freshet::http::Request& request, freshet::http::Response response);

/// Checks the response to GET with a Range.
std::string partial_body(const freshet::http::Request& request, freshet::http::Response response, ByteRange range);

}  // namespace gfs
