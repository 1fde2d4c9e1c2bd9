// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/http.hpp"
#include "freshet/s3.hpp"

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace freshet::test {

/// A server of one bucket in memory, which keeps a diary. It does what S3Target uses of S3, in S3's words, and checks
/// no signatures.
class FakeS3 {
public:
    FakeS3() = default;

    S3Options options() const;
    /// All keys that are there, and as "key (upload)" the uploads that are under way.
    std::vector<std::string> names();
    /// Requests since the last call, as "PUT /bucket/key?query".
    std::vector<std::string> take_asked();
    http::Headers last_headers();

    /// Answers in place of the bucket, if it answers; called one after the other.
    std::function<std::optional<http::Response>(const http::Request&)> fault{};
    /// Called after the bucket has answered: may spoil the answer.
    std::function<void(const http::Request&, http::Response&)> spoil{};
    int page_size = 3;

private:
    struct Object {
        std::string body;
        http::Headers metadata;
        std::string etag;
    };
    struct Upload {
        std::string key;
        http::Headers metadata;
        std::map<int, std::string> parts{};
    };
    using Query = std::map<std::string, std::string>;

    http::Response answer(const http::Request& request);
    http::Response object_answer(const http::Request& request, const std::string& key, const Query& query);
    http::Response put(const http::Request& request, const std::string& key, const Query& query);
    http::Response complete(const http::Request& request, const std::string& key, const std::string& id);
    http::Response list(const Query& query) const;
    bool meets_condition(const http::Request& request, const std::string& key) const;

    std::mutex mutex_{};
    std::map<std::string, Object> objects_{};
    std::map<std::string, Upload> uploads_{};
    std::vector<std::string> asked_{};
    http::Headers last_headers_{};
    int last_upload_ = 0;
    http::Server server_{{.threads = 1, .body_limit = 64U << 20},
                         [this](const http::Request& request) { return answer(request); }};
};

/// An answer of S3 that refuses, with its code and message.
http::Response refusal(int status, const std::string& code, const std::string& message = "because");

}  // namespace freshet::test
