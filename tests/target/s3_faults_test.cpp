// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/time.hpp"
#include "freshet/digest.hpp"
#include "freshet/error.hpp"
#include "freshet/file.hpp"
#include "freshet/s3.hpp"
#include "freshet/text.hpp"
#include "net/loopback.hpp"
#include "support/temp_dir.hpp"
#include "target/s3_fixture.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <thread>

using namespace freshet;
using namespace std::chrono_literals;
using test::FakeS3;
using test::message_of;
using test::refusal;
using test::S3Attempt;

namespace {

/// The variables that AWS's tools know, during a test: these alone.
class Environment {
public:
    Environment(std::initializer_list<std::pair<const char*, std::string>> values) {
        clear();
        for (const auto& [name, value] : values) ::setenv(name, value.c_str(), 1);
    }
    ~Environment() { clear(); }

private:
    static void clear() {
        for (const char* name :
             {"ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN", "REGION", "DEFAULT_REGION", "ENDPOINT_URL",
              "ENDPOINT_URL_S3", "CONTAINER_CREDENTIALS_RELATIVE_URI", "CONTAINER_CREDENTIALS_FULL_URI",
              "CONTAINER_AUTHORIZATION_TOKEN", "CONTAINER_AUTHORIZATION_TOKEN_FILE", "EC2_METADATA_DISABLED",
              "EC2_METADATA_SERVICE_ENDPOINT"})
            ::unsetenv(fmt::format("AWS_{}", name).c_str());
    }
};

TransientError transient_error(const auto& action) {
    try {
        action();
    } catch (const TransientError& error) {
        return error;
    }
    return TransientError("nothing was thrown");
}

S3Target target_in(const FakeS3& s3, const std::string& key = "key") {
    return S3Target("s3://bucket/" + key, s3.options());
}

/// Answers once, then leaves the bucket to itself.
auto once(http::Response response, const std::string& method = "") {
    return [response, method, done = false](const http::Request& request) mutable -> std::optional<http::Response> {
        if (done || (!method.empty() && request.method != method)) return std::nullopt;
        done = true;
        return response;
    };
}

}  // namespace

TEST_CASE("a server that asks to slow down is believed, with the pause that it asks for", "[s3]") {
    FakeS3 s3;
    for (const int status : {503, 429}) {
        auto response = refusal(status, "SlowDown", "Please reduce your request rate.");
        response.headers.emplace_back("Retry-After", "7");
        s3.fault = once(response);
        const auto error = transient_error([&] { target_in(s3).exists(); });
        CHECK(error.failure_class() == FailureClass::throttled);
        CHECK(error.retry_after() == 7s);
        CHECK(target_in(s3).exists() == false);
    }
    s3.fault = once(refusal(503, "SlowDown", "Please reduce your request rate."));
    CHECK(message_of<TransientError>([&] { target_in(s3).read(); }) ==
          "read 's3://bucket/key': the server answered 503 SlowDown: Please reduce your request rate.");
}

TEST_CASE("a server that fails is asked again later, one that refuses is not", "[s3]") {
    FakeS3 s3;
    const auto failure = [&](int status, const std::string& code) {
        s3.fault = once(refusal(status, code));
        return message_of<Error>([&] { target_in(s3).read(); });
    };
    CHECK(failure(500, "InternalError") == "read 's3://bucket/key': the server answered 500 InternalError: because");
    CHECK(failure(403, "AccessDenied") ==
          "read 's3://bucket/key': the access key 'access' may not do this; where nothing "
          "is, S3 says the same to who may not list the bucket");
    CHECK_THAT(failure(403, ""),
               Catch::Contains("the access key 'access' may not do this, or its secret key is another"));
    CHECK(failure(403, "InvalidAccessKeyId") == "read 's3://bucket/key': the server knows no access key 'access'");
    CHECK(failure(403, "SignatureDoesNotMatch") ==
          "read 's3://bucket/key': the secret key is not that of the access key 'access'");
    CHECK(failure(404, "NoSuchBucket") == "read 's3://bucket/key': there is no bucket 'bucket'");
    CHECK(failure(404, "NoSuchKey") == "read 's3://bucket/key': it does not exist");
    for (const auto& [status, code] : {std::pair(500, "InternalError"), std::pair(400, "RequestTimeout")}) {
        s3.fault = once(refusal(status, code));
        CHECK(transient_error([&] { target_in(s3).read(); }).failure_class() == FailureClass::transient);
    }
    auto elsewhere = refusal(301, "PermanentRedirect");
    elsewhere.headers.emplace_back("x-amz-bucket-region", "eu-west-1");
    s3.fault = once(elsewhere);
    CHECK_THAT(
        message_of<Error>([&] { target_in(s3).read(); }),
        Catch::EndsWith("the bucket is in region 'eu-west-1', and the request was for 'us-east-1': set AWS_REGION"));
}

TEST_CASE("a part that fails for the moment is uploaded again", "[s3]") {
    FakeS3 s3;
    const S3Target target = target_in(s3);
    S3Attempt attempt(1);
    int parts = 0;
    s3.fault = [&](const http::Request& request) -> std::optional<http::Response> {
        if (request.url.find("partNumber") == request.url.npos || ++parts > 1) return std::nullopt;
        return refusal(500, "InternalError");
    };
    CHECK(attempt.commit(target, attempt.stage(target, "text")) == PublishResult::published);
    CHECK(parts == 2);
    CHECK(target.read() == "text");
}

TEST_CASE("a clock that the server refuses is corrected by the server's, for later requests too", "[s3]") {
    FakeS3 s3;
    const Time server_time = SystemClock().now() + 2h;
    s3.fault = [&](const http::Request& request) -> std::optional<http::Response> {
        std::string time = http::find_header(request.headers, "x-amz-date").value_or("");
        time.insert(13, ":").insert(11, ":").insert(6, "-").insert(4, "-");
        if (time_from_rfc3339(time) > server_time - 5min) return std::nullopt;
        auto response = refusal(403, "RequestTimeTooSkewed");
        response.headers.emplace_back("Date", format_http_date(server_time));
        return response;
    };
    const S3Target target = target_in(s3);
    std::atomic<int> answers = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) threads.emplace_back([&] { answers += !target.exists(); });
    for (auto& thread : threads) thread.join();
    CHECK(answers == 8);
    CHECK(s3.take_asked().size() > 8);
    CHECK_FALSE(target.exists());
    CHECK(s3.take_asked().size() == 1);
}

TEST_CASE("a server whose clock cannot be followed is asked twice and then named", "[s3]") {
    FakeS3 s3;
    s3.fault = [&](const http::Request&) -> std::optional<http::Response> {
        auto response = refusal(403, "RequestTimeTooSkewed");
        response.headers.emplace_back("Date", format_http_date(SystemClock().now() + 2h));
        return response;
    };
    CHECK(message_of<Error>([&] { target_in(s3).read(); }) ==
          "read 's3://bucket/key': the clocks of this machine and of the server differ too much");
    CHECK(s3.take_asked().size() == 2);
}

TEST_CASE("a publication whose answer is lost is recognised by the object", "[s3]") {
    FakeS3 s3;
    const S3Target target = target_in(s3);
    S3Attempt attempt(1);
    const Json staged = attempt.stage(target, "text");
    s3.spoil = [](const http::Request& request, http::Response& response) {
        if (request.method == "POST") response.fault.cut_after = 4;
    };
    CHECK(attempt.commit(target, staged) == PublishResult::published);
    CHECK(target.receipt().has_value());
}

TEST_CASE("a failure that S3 puts into an answer of status 200 is one", "[s3]") {
    FakeS3 s3;
    const S3Target target = target_in(s3);
    S3Attempt attempt(1);
    const Json staged = attempt.stage(target, "text");
    auto response = refusal(500, "InternalError");
    response.status = 200;
    s3.fault = once(response, "POST");
    CHECK_THROWS_AS(attempt.commit(target, staged), TransientError);
    CHECK_FALSE(target.exists());
    CHECK(attempt.commit(target, staged) == PublishResult::published);
}

TEST_CASE("an upload that has disappeared is not published, also where the server says that it is complete", "[s3]") {
    FakeS3 s3;
    const S3Target target = target_in(s3);
    S3Attempt attempt(1);
    const Json staged = attempt.stage(target, "text");
    attempt.abort(target);
    if (GENERATE(false, true))
        s3.fault = [](const http::Request& request) {
            return request.method == "POST" ? std::optional(http::Response{}) : std::nullopt;
        };
    CHECK_THROWS_AS(attempt.commit(target, staged), TransientError);
    CHECK_FALSE(target.exists());
}

TEST_CASE("keys that are far apart are looked up in small pages, near ones in large ones", "[s3]") {
    FakeS3 s3;
    std::vector<S3Target> far, near;
    for (char name = 'a'; name <= 'f'; ++name) {
        far.push_back(target_in(s3, fmt::format("x{}/0", name)));
        for (int i = 0; i < 5; ++i) {
            near.push_back(target_in(s3, fmt::format("x{}/{}", name, i)));
            near.back().write("text");
        }
    }
    const auto pages = [&](const std::vector<S3Target>& targets) {
        s3.take_asked();
        CHECK(S3Target::exist(targets) == std::vector<bool>(targets.size(), true));
        std::vector<std::string> sizes;
        for (const auto& line : s3.take_asked()) {
            const auto size = line.substr(line.find("max-keys=") + 9);
            sizes.push_back(size.substr(0, size.find('&')));
        }
        return sizes;
    };
    s3.page_size = 3;
    CHECK(pages(far) == std::vector<std::string>{"1000", "10", "10", "10", "10", "10"});
    s3.page_size = 20;
    CHECK(pages(near) == std::vector<std::string>{"1000", "200"});
}

TEST_CASE("who may not list asks for each object", "[s3]") {
    FakeS3 s3;
    target_in(s3, "k2").write("text");
    s3.fault = [](const http::Request& request) -> std::optional<http::Response> {
        if (request.url.find("list-type") != request.url.npos) return refusal(403, "AccessDenied");
        return std::nullopt;
    };
    std::vector<S3Target> targets;
    for (const auto* key : {"k1", "k2", "k3", "k4"}) targets.push_back(target_in(s3, key));
    CHECK(S3Target::exist(targets) == std::vector<bool>{false, true, false, false});
}

TEST_CASE("an upload says its digest and the attempt that makes it", "[s3]") {
    FakeS3 s3;
    target_in(s3).write("text");
    const auto headers = s3.last_headers();
    CHECK(http::find_header(headers, "x-amz-content-sha256") == sha256("text"));
    CHECK(http::find_header(headers, "x-amz-meta-freshet-sha256") == sha256("text"));
    S3Attempt attempt(17);
    attempt.run([&] { target_in(s3).write("text"); });
    s3.fault = [&](const http::Request& request) -> std::optional<http::Response> {
        if (request.url.ends_with("uploads=")) {
            CHECK(http::find_header(request.headers, "x-amz-meta-freshet-lease") == "17");
            CHECK(http::find_header(request.headers, "x-amz-meta-freshet-attempt") == attempt.token());
        }
        return std::nullopt;
    };
    attempt.run([&] { target_in(s3).write("text"); });
    const auto asked = s3.take_asked();
    CHECK(std::ranges::count_if(asked, [](const auto& line) { return line.ends_with("uploads="); }) == 2);
}

TEST_CASE("endpoint, region and keys come from the environment where they are not given", "[s3]") {
    FakeS3 s3;
    const Environment environment{{"AWS_ENDPOINT_URL_S3", s3.options().endpoint + "/"},
                                  {"AWS_DEFAULT_REGION", "eu-central-1"},
                                  {"AWS_ACCESS_KEY_ID", "their-key"},
                                  {"AWS_SECRET_ACCESS_KEY", "secret"},
                                  {"AWS_SESSION_TOKEN", "session"}};
    const S3Target target("s3://bucket/key");
    CHECK(target.address() == "s3://bucket/key");
    CHECK_FALSE(target.exists());
    const auto headers = s3.last_headers();
    CHECK(http::find_header(headers, "x-amz-security-token") == "session");
    const auto authorization = http::find_header(headers, "Authorization").value();
    CHECK_THAT(authorization, Catch::StartsWith("AWS4-HMAC-SHA256 Credential=their-key/"));
    CHECK_THAT(authorization, Catch::Contains("/eu-central-1/s3/aws4_request"));
}

TEST_CASE("half a pair of keys and an endpoint that is no URL are named", "[s3]") {
    const S3Target elsewhere("s3://bucket/key", {.endpoint = "minio:9000"});
    CHECK(message_of<ParameterError>([&] { elsewhere.exists(); }) ==
          "connect to S3: the endpoint 'minio:9000' is not an http:// or https:// URL");
    const Environment environment{{"AWS_ACCESS_KEY_ID", "key"}};
    CHECK(message_of<ParameterError>([&] { S3Target("s3://bucket/key").exists(); }) ==
          "connect to S3: only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set: AWS_SECRET_ACCESS_KEY is "
          "missing");
}

TEST_CASE("without credentials the message says where they were looked for", "[s3]") {
    FakeS3 s3;
    const Environment environment{{"AWS_EC2_METADATA_DISABLED", "true"}};
    auto options = s3.options();
    options.credentials.reset();
    CHECK(message_of<Error>([&] { S3Target("s3://bucket/key", options).exists(); }) ==
          "connect to S3: there are no credentials: neither AWS_ACCESS_KEY_ID nor "
          "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is set, and AWS_EC2_METADATA_DISABLED is");
    CHECK(s3.take_asked().empty());
}

namespace {

/// EC2's instance metadata, or a container's.
struct MetadataServer {
    http::Response answer(const http::Request& request) {
        const std::lock_guard lock{mutex};
        asked.push_back(request.method + ' ' + request.url);
        authorization = http::find_header(request.headers, "Authorization").value_or("");
        if (request.url == "/latest/api/token") return {.body = "session"};
        if (request.url == "/keys") return {.body = keys()};
        if (http::find_header(request.headers, "X-aws-ec2-metadata-token") != "session") return {.status = 401};
        const std::string folder = "/latest/meta-data/iam/security-credentials/";
        if (request.url == folder) return {.body = "role\n"};
        return request.url == folder + "role" ? http::Response{.body = keys()} : http::Response{.status = 404};
    }
    std::string keys() {
        ++given;
        return Json(Json::Object{{"AccessKeyId", "key" + std::to_string(given)},
                                 {"SecretAccessKey", "secret"},
                                 {"Token", "token"},
                                 {"Expiration", rfc3339(SystemClock().now() + lifetime)}})
            .text();
    }

    std::mutex mutex{};
    std::vector<std::string> asked{};
    std::string authorization{};
    int given = 0;
    std::chrono::seconds lifetime{1h};
    test::Loopback loopback{[this](const http::Request& request) { return answer(request); }};
};

std::string used_key(FakeS3& s3, const S3Options& options) {
    S3Target("s3://bucket/key", options).exists();
    const auto authorization = http::find_header(s3.last_headers(), "Authorization").value();
    const auto begin = authorization.find('=') + 1;
    return authorization.substr(begin, authorization.find('/') - begin);
}

}  // namespace

TEST_CASE("an instance's credentials are asked for once until they are about to expire", "[s3]") {
    FakeS3 s3;
    MetadataServer metadata;
    const Environment environment{{"AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.loopback.url()}};
    auto options = s3.options();
    options.credentials.reset();
    CHECK(used_key(s3, options) == "key1");
    CHECK(used_key(s3, options) == "key1");
    CHECK(metadata.asked.size() == 3);
    CHECK(http::find_header(s3.last_headers(), "x-amz-security-token") == "token");

    FakeS3 other;
    metadata.lifetime = 4min;
    options.endpoint = other.options().endpoint;
    CHECK(used_key(other, options) == "key2");
    CHECK(used_key(other, options) == "key3");
}

TEST_CASE("a container's credentials are asked for with its token", "[s3]") {
    FakeS3 s3;
    MetadataServer metadata;
    const test::TempDir folder;
    write_file_atomically(folder / "token", "Bearer of-the-container\n");
    const Environment environment{{"AWS_CONTAINER_CREDENTIALS_FULL_URI", metadata.loopback.url("/keys")},
                                  {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", (folder / "token").string()}};
    auto options = s3.options();
    options.credentials.reset();
    CHECK(used_key(s3, options) == "key1");
    CHECK(metadata.authorization == "Bearer of-the-container");
}

TEST_CASE("the bucket stands in the host's name where that is asked for", "[s3]") {
    FakeS3 s3;
    auto options = s3.options();
    options.endpoint.replace(options.endpoint.find("127.0.0.1"), 9, "localhost");
    options.addressing = S3Addressing::virtual_host;
    s3.fault = [](const http::Request& request) -> std::optional<http::Response> {
        CHECK_THAT(http::find_header(request.headers, "Host").value(), Catch::StartsWith("bucket.localhost:"));
        CHECK(request.url == "/folder/key%20x");
        return http::Response{.status = 200};
    };
    CHECK(S3Target("s3://bucket/folder/key x", options).exists());
}

TEST_CASE("an address that is not of an object is refused", "[s3]") {
    for (const auto* address : {"", "s3:/bucket/key", "s3://", "s3://bucket", "s3://bucket/", "s3:///key",
                                "s3://bucket/folder/", "s3://bucket/a/../b"})
        CHECK(message_of<ParameterError>([&] { S3Target{address}; }) ==
              fmt::format("make a target: '{}' is not like s3://bucket/folder/name", address));
    CHECK(S3Target("s3://bucket/key").address() == "s3://bucket/key");
    CHECK(S3Target("s3://bucket/key", {.endpoint = "http://user:word@minio:9000"}).address() ==
          "s3://bucket/key?endpoint=http://minio:9000");
}

TEST_CASE("a name that no bucket can have is refused before a server is asked, which would not say why", "[s3]") {
    for (const auto* bucket : {"..", "a b", "ab", "Scores", "my_scores", "-scores", "scores.", "my..scores"}) {
        const std::string address = fmt::format("s3://{}/key", bucket);
        CHECK(message_of<ParameterError>([&] { S3Target{address}; }) ==
              fmt::format("make a target '{}': the name of a bucket is 3 to 63 lowercase letters, digits, hyphens and "
                          "dots, with a letter or a digit at both ends, but this is '{}'",
                          address, bucket));
    }
    CHECK(S3Target("s3://my_scores/key", {.endpoint = "https://storage.googleapis.com"}).bucket() == "my_scores");
}
