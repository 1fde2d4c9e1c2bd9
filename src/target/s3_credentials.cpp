// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/s3_credentials.hpp"

#include "base/time.hpp"
#include "freshet/error.hpp"
#include "freshet/file.hpp"
#include "freshet/json.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <initializer_list>

namespace freshet::s3 {

namespace {

using namespace std::chrono_literals;

constexpr auto renewed_before = 5min;  // AWS has new ones five minutes before the old ones expire

/// The first of these variables that is set and not empty; "" if none is.
std::string environment(std::initializer_list<const char*> names) {
    for (const char* name : names)
        if (const char* value = std::getenv(name); value && *value) return value;
    return "";
}

std::string container_url() {
    const std::string path = environment({"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"});
    if (!path.empty()) return "http://169.254.170.2" + path;  // the address of ECS in each of its containers
    return environment({"AWS_CONTAINER_CREDENTIALS_FULL_URI"});
}

std::string without_last_slash(std::string url) {
    if (url.ends_with('/')) url.pop_back();
    return url;
}

std::string instance_url() {
    if (equal_ignoring_case(environment({"AWS_EC2_METADATA_DISABLED"}), "true")) return "";
    const std::string own = environment({"AWS_EC2_METADATA_SERVICE_ENDPOINT"});
    return own.empty() ? "http://169.254.169.254" : without_last_slash(own);
}

CredentialConfig credential_config(const S3Options& options) {
    if (options.credentials) return {.fixed = options.credentials};
    const std::string access_key = environment({"AWS_ACCESS_KEY_ID"});
    const std::string secret_key = environment({"AWS_SECRET_ACCESS_KEY"});
    if (access_key.empty() != secret_key.empty()) {
        throw ParameterError(
            fmt::format("connect to S3: only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is "
                        "set: {} is missing",
                        access_key.empty() ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY"));
    }
    if (!access_key.empty())
        return {.fixed = S3Credentials{access_key, secret_key, environment({"AWS_SESSION_TOKEN"})}};
    return {.container_url = container_url(),
            .container_token = environment({"AWS_CONTAINER_AUTHORIZATION_TOKEN"}),
            .container_token_file = environment({"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"}),
            .instance_url = instance_url()};
}

}  // namespace

ConnectionConfig connection_config(const S3Options& options) {
    ConnectionConfig config{.endpoint = options.endpoint, .region = options.region};
    if (config.endpoint.empty()) config.endpoint = environment({"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"});
    if (config.region.empty()) config.region = environment({"AWS_REGION", "AWS_DEFAULT_REGION"});
    if (config.region.empty()) config.region = "us-east-1";
    const bool at_aws = config.endpoint.empty();
    if (at_aws) config.endpoint = fmt::format("https://s3.{}.amazonaws.com", config.region);
    config.endpoint = without_last_slash(config.endpoint);
    if (!config.endpoint.starts_with("http://") && !config.endpoint.starts_with("https://")) {
        throw ParameterError(fmt::format("connect to S3: the endpoint '{}' is not an http:// or https:// URL",
                                         http::redacted_url(config.endpoint)));
    }
    config.has_virtual_hosts =
        options.addressing == S3Addressing::automatic ? at_aws : options.addressing == S3Addressing::virtual_host;
    config.credentials = credential_config(options);
    return config;
}

S3Credentials CredentialSource::get(Time now) {
    if (config_.fixed) return *config_.fixed;
    const std::lock_guard lock{mutex_};
    if (temporary_ && now < temporary_->expires - renewed_before) return temporary_->credentials;
    try {
        temporary_ = renewed();
    } catch (const TransientError&) {
        if (!temporary_ || now >= temporary_->expires) throw;
    }
    return temporary_->credentials;
}

std::string CredentialSource::fetch(http::Request request) const {
    request.connect_timeout = 2s;  // these addresses are near, or there is nobody
    request.stall_timeout = 5s;
    const http::Response response = http_.send(request);
    if (response.status == 200) return response.body;
    const auto message =
        fmt::format("ask '{}' for credentials: it answered {}", http::redacted_url(request.url), response.status);
    if (response.status >= 500 || response.status == 429) throw TransientError(message);
    throw Error(message);
}

std::string CredentialSource::from_container() const {
    http::Request request{.url = config_.container_url};
    std::string token = config_.container_token;
    if (!config_.container_token_file.empty()) token = trimmed(read_file(config_.container_token_file));
    if (!token.empty()) request.headers.emplace_back("Authorization", token);
    return fetch(std::move(request));
}

std::string CredentialSource::from_instance() const {
    const http::Headers lifetime{{"X-aws-ec2-metadata-token-ttl-seconds", "300"}};
    const std::string session =
        fetch({.method = "PUT", .url = config_.instance_url + "/latest/api/token", .headers = lifetime});
    const http::Headers headers{{"X-aws-ec2-metadata-token", session}};
    const std::string folder = config_.instance_url + "/latest/meta-data/iam/security-credentials/";
    const std::string roles = fetch({.url = folder, .headers = headers});
    const std::string role{trimmed(split(roles, '\n').front())};
    return fetch({.url = folder + role, .headers = headers});
}

CredentialSource::Temporary CredentialSource::renewed() const {
    if (config_.container_url.empty() && config_.instance_url.empty()) {
        throw Error(
            "connect to S3: there are no credentials: neither AWS_ACCESS_KEY_ID nor "
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is set, and AWS_EC2_METADATA_DISABLED is");
    }
    try {
        const Json json = Json::parse(config_.container_url.empty() ? from_instance() : from_container());
        return {.credentials = {.access_key = json.at("AccessKeyId").as_string(),
                                .secret_key = json.at("SecretAccessKey").as_string(),
                                .session_token = json.at("Token").as_string()},
                .expires = time_from_rfc3339(json.at("Expiration").as_string())};
    } catch (const TransientError& error) {
        throw TransientError(fmt::format("connect to S3: AWS_ACCESS_KEY_ID is not set: {}", error.what()));
    } catch (const Error& error) {
        throw Error(fmt::format("connect to S3: AWS_ACCESS_KEY_ID is not set: {}", error.what()));
    }
}

}  // namespace freshet::s3
