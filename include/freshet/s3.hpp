// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "freshet/clock.hpp"
#include "freshet/http.hpp"
#include "freshet/json.hpp"
#include "freshet/published_target.hpp"

#include <compare>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// Objects in S3 and in servers that speak its protocol. A library of its own: freshet::s3.
namespace freshet {

/// The key of an account.
struct S3Credentials {
    std::string access_key;       ///< its id
    std::string secret_key;       ///< its secret
    std::string session_token{};  ///< of temporary credentials

    friend auto operator<=>(const S3Credentials&, const S3Credentials&) = default;
};

/// The place of the bucket's name in a URL.
enum class S3Addressing {
    automatic,     ///< virtual_host at AWS, path elsewhere
    path,          ///< http://host/bucket/key
    virtual_host,  ///< http://bucket.host/key
};

/// Options of a client. An empty one comes from the environment, as in AWS's own tools.
struct S3Options {
    std::string endpoint{};  ///< "http://minio:9000"; "": AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, else AWS
    std::string region{};    ///< "": AWS_REGION, AWS_DEFAULT_REGION, else us-east-1
    /// None: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, else those of the container
    /// (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI), else those of the EC2 instance (IMDSv2); the latter are
    /// asked for again five minutes before they expire.
    std::optional<S3Credentials> credentials{};
    S3Addressing addressing = S3Addressing::automatic;  ///< of the bucket

    friend auto operator<=>(const S3Options&, const S3Options&) = default;
};

/// An object. Functions throw TransientError where the server asks to slow down or fails, with the pause that it asks
/// for, Error where it refuses.
///
/// Inside a task's run(), in the thread that runs it, what is written is staged: uploaded in parts, which S3 shows to
/// nobody until the worker completes the upload on condition that no other attempt has. Its receipt is an object in
/// `.freshet/` beside it. Elsewhere it is put at once. What an attempt has staged exists for it, and can be read by it,
/// before others see it.
class S3Target {
public:
    /// `address` is "s3://bucket/key", the key as it is, without percent-encoding. Throws ParameterError for another
    /// form.
    explicit S3Target(std::string_view address, S3Options options = {});

    /// The name of the bucket.
    const std::string& bucket() const { return bucket_; }
    /// The object's key in its bucket.
    const std::string& key() const { return key_; }
    /// The options that it was made with.
    const S3Options& options() const { return options_; }
    /// "s3://bucket/key", with an endpoint of the options "s3://bucket/key?endpoint=http://minio:9000".
    std::string address() const;
    bool exists() const;
    /// exists() of each, by listings, which tell of many keys with a common beginning at once.
    static std::vector<bool> exist(const std::vector<S3Target>& targets);

    /// Calls `write` with the path of a file to be made, in a temporary folder of this machine and with the last part
    /// of the key as its name, and uploads it in little memory.
    void create(const std::function<void(const std::filesystem::path&)>& write) const;
    /// The same with the whole content at hand.
    void write(std::string_view content) const;
    /// The whole content; throws Error where there is no object.
    std::string read() const;
    /// Puts the content in place as a local file, whole or not at all, in little memory. Its folder must exist.
    void download(const std::filesystem::path& file) const;
    /// SHA-256 of the content: as it was noted when it was uploaded, else computed from it.
    std::string sha256() const;
    /// The facts that the attempt which made it put into its receipt with Context::add_metadata(); an empty object
    /// where it has none.
    Json metadata() const;

    // The engine's, see published_target.hpp.
    void begin(TargetAttempt& attempt) const;
    Json stage(TargetAttempt& attempt, const MakeReceipt& make_receipt) const;
    PublishResult commit(TargetAttempt& attempt, const Json& staged, IfExists if_exists) const;
    void abort(TargetAttempt& attempt) const;
    std::optional<Json> receipt() const;
    std::optional<Content> content() const;
    std::optional<Content> head() const;
    /// Moves it to `.freshet/NAME.TOKEN.stale` beside it, TOKEN being that of its attempt.
    std::string retire() const;

    friend bool operator==(const S3Target&, const S3Target&) = default;

private:
    std::string bucket_;
    std::string key_;
    S3Options options_;
};

/// The service to which a signed request goes.
struct AwsScope {
    std::string region;          ///< "us-east-1"
    std::string service = "s3";  ///< "s3"
};

/// Signs a request by AWS Signature Version 4: adds the headers x-amz-date, x-amz-security-token (of temporary
/// credentials) and Authorization, which covers all headers that it has. Path and query of the URL are signed as S3
/// wants it, encoded once. `payload_sha256` is the digest of the body, which S3 also wants as x-amz-content-sha256.
void sign_aws_request(http::Request& request, const S3Credentials& credentials, const AwsScope& scope,
                      std::string_view payload_sha256, Time now);

}  // namespace freshet
