// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/url_encoding.hpp"
#include "freshet/digest.hpp"
#include "freshet/s3.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

// AWS Signature Version 4. libcurl 7.88 can sign, too, but neither sorts the query nor signs what S3 demands.
namespace freshet {

namespace {

struct UrlParts {
    std::string host;  ///< as libcurl sends it: without the port that its scheme has anyway
    std::string path;
    std::string query;
};

UrlParts url_parts(std::string_view url) {
    const auto scheme = url.substr(0, url.find("://"));
    const auto rest = url.substr(std::min(scheme.size() + 3, url.size()));
    const auto path = std::min(rest.find_first_of("/?"), rest.size());
    const auto query = std::min(rest.find('?'), rest.size());
    UrlParts parts{.host = std::string{rest.substr(0, path)},
                   .path = std::string{rest.substr(path, query - path)},
                   .query = std::string{rest.substr(std::min(query + 1, rest.size()))}};
    const std::string_view port = scheme == "https" ? ":443" : ":80";
    if (parts.host.ends_with(port)) parts.host.resize(parts.host.size() - port.size());
    if (parts.path.empty()) parts.path = "/";
    return parts;
}

std::string encoded_once(std::string_view text) { return percent_encoded(percent_decoded(text)); }

std::string canonical_path(std::string_view path) {
    std::vector<std::string> segments = split(path, '/');
    for (std::string& segment : segments) segment = encoded_once(segment);
    return joined(segments, "/");
}

std::string canonical_query(std::string_view query) {
    if (query.empty()) return "";
    std::vector<std::pair<std::string, std::string>> fields;
    for (const std::string& field : split(query, '&')) {
        const auto equals = std::min(field.find('='), field.size());
        fields.emplace_back(encoded_once(std::string_view{field}.substr(0, equals)),
                            encoded_once(std::string_view{field}.substr(std::min(equals + 1, field.size()))));
    }
    std::sort(fields.begin(), fields.end());
    std::vector<std::string> texts;
    for (const auto& [name, value] : fields) texts.push_back(name + '=' + value);
    return joined(texts, "&");
}

/// The value without spaces at its ends, and with single ones inside.
std::string canonical_value(std::string_view value) {
    std::string result;
    for (const char c : trimmed(value))
        if (c != ' ' || !result.ends_with(' ')) result += c;
    return result;
}

/// By name in lower case; the values of one name are joined.
std::map<std::string, std::string> canonical_headers(const http::Request& request, const std::string& host) {
    std::map<std::string, std::string> headers;
    for (const auto& [name, value] : request.headers) {
        const auto [header, is_new] = headers.try_emplace(lower(name), canonical_value(value));
        if (!is_new) header->second += ',' + canonical_value(value);
    }
    headers.try_emplace("host", host);
    return headers;
}

std::string signing_key(const S3Credentials& credentials, std::string_view day, const AwsScope& scope) {
    std::string key = hmac_sha256_bytes("AWS4" + credentials.secret_key, day);
    key = hmac_sha256_bytes(key, scope.region);
    key = hmac_sha256_bytes(key, scope.service);
    return hmac_sha256_bytes(key, "aws4_request");
}

/// "20150830T123600Z"
std::string basic_time(Time now) {
    std::string text = format_utc(now);
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text;
}

}  // namespace

void sign_aws_request(http::Request& request, const S3Credentials& credentials, const AwsScope& scope,
                      std::string_view payload_sha256, Time now) {
    const std::string time = basic_time(now);
    const std::string day = time.substr(0, time.find('T'));
    request.headers.emplace_back("x-amz-date", time);
    if (!credentials.session_token.empty())
        request.headers.emplace_back("x-amz-security-token", credentials.session_token);

    const UrlParts url = url_parts(request.url);
    std::string header_lines;
    std::vector<std::string> names;
    for (const auto& [name, value] : canonical_headers(request, url.host)) {
        header_lines += fmt::format("{}:{}\n", name, value);
        names.push_back(name);
    }
    const std::string signed_names = joined(names, ";");
    const std::string canonical_request =
        fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, canonical_path(url.path), canonical_query(url.query),
                    header_lines, signed_names, payload_sha256);
    const std::string full_scope = fmt::format("{}/{}/{}/aws4_request", day, scope.region, scope.service);
    const std::string to_sign =
        fmt::format("AWS4-HMAC-SHA256\n{}\n{}\n{}", time, full_scope, sha256(canonical_request));
    request.headers.emplace_back(
        "Authorization",
        fmt::format("AWS4-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={}", credentials.access_key,
                    full_scope, signed_names, hmac_sha256(signing_key(credentials, day, scope), to_sign)));
}

}  // namespace freshet
