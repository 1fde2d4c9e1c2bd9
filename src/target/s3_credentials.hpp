// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/http.hpp"
#include "freshet/s3.hpp"

#include <compare>
#include <mutex>
#include <optional>
#include <string>

namespace freshet::s3 {

/// Where credentials are.
struct CredentialConfig {
    std::optional<S3Credentials> fixed{};
    std::string container_url{};         ///< "": not in a container that has them
    std::string container_token{};       ///< Authorization for it
    std::string container_token_file{};  ///< the file with that, read each time
    std::string instance_url{};          ///< of EC2's instance metadata; "": not to be asked

    friend auto operator<=>(const CredentialConfig&, const CredentialConfig&) = default;
};

/// S3Options completed by the environment.
struct ConnectionConfig {
    std::string endpoint;  ///< without a slash at its end
    std::string region;
    bool has_virtual_hosts = false;
    CredentialConfig credentials{};

    friend auto operator<=>(const ConnectionConfig&, const ConnectionConfig&) = default;
};

/// Throws ParameterError for an endpoint that is no http:// or https:// URL, and for half a pair of keys.
ConnectionConfig connection_config(const S3Options& options);

/// Gives credentials, those of a container or an instance from memory until five minutes before they expire.
/// Thread-safe.
class CredentialSource {
public:
    CredentialSource(CredentialConfig config, http::Client& http) : config_(std::move(config)), http_(http) {}

    /// Throws Error when there are none, TransientError when those who have them do not answer.
    S3Credentials get(Time now);

private:
    struct Temporary {
        S3Credentials credentials;
        Time expires;
    };

    std::string fetch(http::Request request) const;
    std::string from_container() const;
    std::string from_instance() const;
    Temporary renewed() const;

    CredentialConfig config_;
    http::Client& http_;
    std::mutex mutex_{};
    std::optional<Temporary> temporary_{};
};

}  // namespace freshet::s3
