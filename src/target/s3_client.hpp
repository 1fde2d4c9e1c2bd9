// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/url_encoding.hpp"
#include "freshet/http.hpp"
#include "target/s3_credentials.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace freshet::s3 {

/// One request to S3.
struct Call {
    std::string_view doing;  ///< for messages, like "write"
    std::string method = "GET";
    std::string bucket{};
    std::string key{};  ///< "": the bucket itself
    FormFields query{};
    http::Headers headers{};
    std::string body{};
    std::optional<http::FileRegion> file{};  ///< sent in place of the body
    std::string sha256{};                    ///< of the file
    std::function<void(std::string_view)> receive{};
    bool takes_long = false;  ///< S3 begins its answer with 200 before it knows, and puts an error into its body
};

/// Signs and sends requests with the credentials and to the endpoint of one configuration. Thread-safe.
class Client {
public:
    explicit Client(ConnectionConfig config);

    /// Returns what the caller is expected to handle: 2xx, 404 for the object, 409 and 412. Throws TransientError where
    /// the server asks to slow down or fails, Error for another refusal. Where the server finds the clock wrong, sends
    /// the request once more with the server's.
    http::Response send(const Call& call);
    /// The same for a caller that expects success alone.
    http::Response require(const Call& call);

private:
    http::Request request_for(const Call& call) const;
    http::Response send_signed(const Call& call, std::chrono::seconds clock_offset);
    http::Response answer_to(const Call& call);
    [[noreturn]] void fail(const Call& call, const http::Response& response);

    ConnectionConfig config_;
    std::unique_ptr<http::Client> http_ = http::make_client();
    CredentialSource credentials_;
    std::atomic<std::chrono::seconds> clock_offset_{};  ///< of the server's clock to this machine's
};

/// The client of all targets with these options and this environment. Targets are values that tasks make anew for each
/// question; what keeps connections and credentials is one for all.
Client& client_for(const S3Options& options);

/// The contents of all elements of this name, which have no attributes and are not nested.
std::vector<std::string_view> xml_elements(std::string_view document, std::string_view name);
/// The text in the first of them; "" without one.
std::string xml_text(std::string_view document, std::string_view name);

}  // namespace freshet::s3
