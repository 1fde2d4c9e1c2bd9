// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/http.hpp"
#include "freshet/published_target.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace freshet {

/// A file that others have on a web server; a task whose output it is is external. Functions throw TransientError where
/// the server does not answer, fails or asks to slow down, with the pause that it asks for, Error where it refuses.
class HttpTarget {
public:
    /// The headers go with every request: Authorization, for instance. Throws ParameterError unless the URL begins with
    /// http:// or https://.
    explicit HttpTarget(std::string url, http::Headers headers = {});

    /// The URL without credentials; in place of a query, which may hold a secret, the beginning of its digest.
    std::string address() const;
    /// Asks with HEAD; 404 and 410 mean no.
    bool exists() const;
    /// The whole content.
    std::string read() const;
    /// Puts the content in place as a local file, whole or not at all, in little memory. After a broken connection goes
    /// on where it was, if the server has the same content still. Its folder must exist.
    void download(const std::filesystem::path& file) const;
    /// Size and ETag, or Last-Modified without one; nullopt: nothing is there.
    std::optional<Content> head() const;

    friend bool operator==(const HttpTarget&, const HttpTarget&) = default;

private:
    http::Request request(std::string method) const;
    std::optional<http::Response> ask(std::string_view doing) const;
    [[noreturn]] void fail(std::string_view doing, const http::Response& response) const;

    std::string url_;
    http::Headers headers_;
};

}  // namespace freshet
