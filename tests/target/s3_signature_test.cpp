// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/digest.hpp"
#include "freshet/s3.hpp"
#include "freshet/text.hpp"

#include <catch2/catch.hpp>

using namespace freshet;

// The requests and signatures that AWS has published: its test suite of Signature Version 4, and the examples of the S3
// reference.
namespace {

std::string authorization(http::Request request, const S3Credentials& credentials, const AwsScope& scope,
                          const std::string& digest, std::string_view date) {
    sign_aws_request(request, credentials, scope, digest, parse_http_date(date).value());
    return http::find_header(request.headers, "Authorization").value();
}

/// Of a request of the test suite.
std::string suite(http::Request request) {
    const S3Credentials credentials{.access_key = "AKIDEXAMPLE",
                                    .secret_key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"};
    request.url = "https://example.amazonaws.com" + request.url;
    const auto digest = sha256(request.body);
    return authorization(request, credentials, {.region = "us-east-1", .service = "service"}, digest,
                         "Sun, 30 Aug 2015 12:36:00 GMT");
}

/// Of an example of the S3 reference.
std::string example(http::Request request) {
    const S3Credentials credentials{.access_key = "AKIAIOSFODNN7EXAMPLE",
                                    .secret_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"};
    request.url = "https://examplebucket.s3.amazonaws.com" + request.url;
    const auto digest = sha256(request.body);
    request.headers.emplace_back("x-amz-content-sha256", digest);
    return authorization(request, credentials, {.region = "us-east-1"}, digest, "Fri, 24 May 2013 00:00:00 GMT");
}

}  // namespace

TEST_CASE("signatures equal those of AWS's test suite", "[s3]") {
    CHECK(suite({.url = "/"}) ==
          "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
          "SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
    CHECK_THAT(suite({.url = "/?Param2=value2&Param1=value1"}),
               Catch::EndsWith("b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"));
    CHECK_THAT(suite({.url = "/?Param1=value2&Param1=value1"}),
               Catch::EndsWith("5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694"));
    CHECK_THAT(suite({.url = "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"}),
               Catch::EndsWith("07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"));
    CHECK_THAT(suite({.method = "POST",
                      .url = "/",
                      .headers = {{"Content-Type", "application/x-www-form-urlencoded"}},
                      .body = "Param1=value1"}),
               Catch::EndsWith("content-type;host;x-amz-date, "
                               "Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"));
    CHECK_THAT(suite({.url = "/", .headers = {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}}}),
               Catch::EndsWith("acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"));
}

TEST_CASE("signatures equal those of the examples in the S3 reference", "[s3]") {
    CHECK_THAT(example({.url = "/test.txt", .headers = {{"Range", "bytes=0-9"}}}),
               Catch::EndsWith("SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, "
                               "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"));
    CHECK_THAT(
        example({.method = "PUT",
                 .url = "/test%24file.text",
                 .headers = {{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}},
                 .body = "Welcome to Amazon S3."}),
        Catch::EndsWith("98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"));
    CHECK_THAT(example({.url = "/?lifecycle"}),
               Catch::EndsWith("fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"));
    CHECK_THAT(example({.url = "/?max-keys=2&prefix=J"}),
               Catch::EndsWith("34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"));
}

TEST_CASE("a session token is sent and signed", "[s3]") {
    http::Request request{.url = "http://127.0.0.1:9000/bucket/key"};
    sign_aws_request(request, {"access", "secret", "token"}, {.region = "us-east-1"}, sha256(""), Time{});
    CHECK(http::find_header(request.headers, "x-amz-security-token") == "token");
    CHECK_THAT(http::find_header(request.headers, "Authorization").value(),
               Catch::Contains("SignedHeaders=host;x-amz-date;x-amz-security-token,"));
}

TEST_CASE("the port that a scheme has anyway is not signed", "[s3]") {
    const auto signature = [](const std::string& url) {
        http::Request request{.url = url};
        sign_aws_request(request, {"access", "secret"}, {.region = "us-east-1"}, sha256(""), Time{});
        return http::find_header(request.headers, "Authorization").value();
    };
    CHECK(signature("https://host:443/key") == signature("https://host/key"));
    CHECK(signature("http://host:80/key") == signature("http://host/key"));
    CHECK(signature("http://host:443/key") != signature("http://host/key"));
}
