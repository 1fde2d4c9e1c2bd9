// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/s3_client.hpp"

#include "freshet/clock.hpp"
#include "freshet/digest.hpp"
#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <mutex>

namespace freshet::s3 {

namespace {

using namespace std::chrono_literals;

constexpr auto largest_skew = 5min;  // S3 refuses at 15; what is below comes from the way of the request

/// An error that S3 has put into its answer.
struct ErrorResponse {
    int status;
    std::string code;     ///< "" in an answer without a body
    std::string message;  ///< S3's own words
};

ErrorResponse refusal_of(const http::Response& response) {
    return {.status = response.status,
            .code = xml_text(response.body, "Code"),
            .message = xml_text(response.body, "Message")};
}

std::string object_name(const Call& call) { return fmt::format("s3://{}/{}", call.bucket, call.key); }

std::string encoded_path(std::string_view key) {
    std::vector<std::string> segments = split(key, '/');
    for (std::string& segment : segments) segment = percent_encoded(segment);
    return joined(segments, "/");
}

bool is_among(const std::string& code, std::initializer_list<std::string_view> codes) {
    return std::ranges::find(codes, code) != codes.end();
}

/// Gives an error in the body of an answer the status that it would have had.
void correct_status(http::Response& response) {
    if (response.status != 200 || response.body.find("<Error>") == response.body.npos) return;
    const std::string code = xml_text(response.body, "Code");
    response.status = code == "PreconditionFailed" ? 412 : code == "SlowDown" ? 503 : 500;
}

/// By how much the server's clock is ahead of this machine's; nullopt: it did not say.
std::optional<std::chrono::seconds> offset_of_server(const http::Response& response) {
    const auto date = parse_http_date(response.header("Date").value_or(""));
    if (!date) return std::nullopt;
    return std::chrono::round<std::chrono::seconds>(*date - SystemClock().now());
}

bool is_answer(const http::Response& response) {
    if (response.status / 100 == 2 || response.status == 412) return true;
    const std::string code = xml_text(response.body, "Code");
    if (response.status == 409) return code != "OperationAborted";
    return response.status == 404 && code != "NoSuchBucket";
}

std::string why_forbidden(const ErrorResponse& refusal, const Call& call, const std::string& access_key) {
    if (refusal.code == "RequestTimeTooSkewed") return "the clocks of this machine and of the server differ too much";
    if (refusal.code == "InvalidAccessKeyId") return fmt::format("the server knows no access key '{}'", access_key);
    if (refusal.code == "SignatureDoesNotMatch")
        return fmt::format("the secret key is not that of the access key '{}'", access_key);
    std::string text = fmt::format("the access key '{}' may not do this", access_key);
    if (refusal.code.empty()) text += ", or its secret key is another one";
    if (call.method == "HEAD" || call.method == "GET")
        text += "; where nothing is, S3 says the same to who may not list the bucket";
    return text;
}

std::string text_of(const ErrorResponse& refusal) {
    const std::string code = refusal.code.empty() ? "" : ' ' + refusal.code;
    return refusal.message.empty() ? fmt::format("the server answered {}{}", refusal.status, code)
                                   : fmt::format("the server answered {}{}: {}", refusal.status, code, refusal.message);
}

std::string decoded_entities(std::string_view text) {
    static constexpr std::array<std::pair<std::string_view, char>, 5> entities{
        {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}}};
    std::string result;
    while (!text.empty()) {
        const auto entity = std::ranges::find_if(entities, [&](const auto& e) { return text.starts_with(e.first); });
        int number = 0;
        if (entity != entities.end()) {
            result += entity->second;
            text.remove_prefix(entity->first.size());
        } else if (const auto end = text.find(';'); text.starts_with("&#") && end != text.npos) {
            const bool hexadecimal = text.substr(2).starts_with('x');
            std::from_chars(text.data() + (hexadecimal ? 3 : 2), text.data() + end, number, hexadecimal ? 16 : 10);
            result += static_cast<char>(number);  // servers write control characters and quotes so, no others
            text.remove_prefix(end + 1);
        } else {
            result += text.front();
            text.remove_prefix(1);
        }
    }
    return result;
}

}  // namespace

Client::Client(ConnectionConfig config) : config_(std::move(config)), credentials_(config_.credentials, *http_) {}

http::Request Client::request_for(const Call& call) const {
    std::string url = config_.endpoint;
    // The certificate of a virtual host is for one name below the endpoint's.
    const bool in_host = config_.has_virtual_hosts && call.bucket.find('.') == call.bucket.npos;
    if (in_host)
        url.insert(url.find("://") + 3, call.bucket + '.');
    else
        url += '/' + call.bucket;
    url += '/' + encoded_path(call.key);
    if (!call.query.empty()) url += '?' + form_encoded(call.query);
    constexpr auto usual = 30s, long_pause = 300s;  // S3 puts gigabytes together
    return {.method = call.method,
            .url = std::move(url),
            .headers = call.headers,
            .body = call.body,
            .stall_timeout = call.takes_long ? long_pause : usual,
            .body_file = call.file,
            .receive = call.receive};
}

http::Response Client::send_signed(const Call& call, std::chrono::seconds clock_offset) {
    const Time now = SystemClock().now();
    http::Request request = request_for(call);
    const std::string digest = call.file ? call.sha256 : sha256(call.body);
    request.headers.emplace_back("x-amz-content-sha256", digest);
    sign_aws_request(request, credentials_.get(now), {.region = config_.region}, digest, now + clock_offset);
    http::Response response = http_->send(request);
    if (call.takes_long) correct_status(response);
    return response;
}

http::Response Client::answer_to(const Call& call) {
    try {
        const std::chrono::seconds offset = clock_offset_;
        http::Response response = send_signed(call, offset);
        const auto servers = offset_of_server(response).value_or(offset);
        if (response.status != 403 || std::chrono::abs(servers - offset) < largest_skew) return response;
        clock_offset_ = servers;
        return send_signed(call, servers);
    } catch (const TransientError& error) {
        throw TransientError(fmt::format("{} '{}': {}", call.doing, object_name(call), error.what()),
                             error.failure_class(), error.retry_after());
    }
}

http::Response Client::send(const Call& call) {
    http::Response response = answer_to(call);
    if (!is_answer(response)) fail(call, response);
    return response;
}

http::Response Client::require(const Call& call) {
    http::Response response = send(call);
    if (response.status / 100 != 2) fail(call, response);
    return response;
}

void Client::fail(const Call& call, const http::Response& response) {
    const ErrorResponse refusal = refusal_of(response);
    const auto message = [&](std::string_view why) {
        return fmt::format("{} '{}': {}", call.doing, object_name(call), why);
    };
    if (refusal.status == 503 || refusal.status == 429)
        throw TransientError(message(text_of(refusal)), FailureClass::throttled, http::retry_after(response));
    if (refusal.status >= 500 || is_among(refusal.code, {"RequestTimeout", "OperationAborted", "NoSuchUpload"}))
        throw TransientError(message(text_of(refusal)), FailureClass::transient, http::retry_after(response));
    if (refusal.status == 403)
        throw Error(message(why_forbidden(refusal, call, credentials_.get(SystemClock().now()).access_key)));
    if (refusal.code == "NoSuchBucket") throw Error(message(fmt::format("there is no bucket '{}'", call.bucket)));
    if (refusal.status == 404) throw Error(message("it does not exist"));
    const auto region = response.header("x-amz-bucket-region").value_or(config_.region);
    if (region != config_.region) {
        throw Error(message(fmt::format("the bucket is in region '{}', and the request was for '{}': set AWS_REGION",
                                        region, config_.region)));
    }
    throw Error(message(text_of(refusal)));
}

Client& client_for(const S3Options& options) {
    static std::mutex mutex;
    static std::map<ConnectionConfig, std::unique_ptr<Client>> clients;
    ConnectionConfig config = connection_config(options);
    const std::lock_guard lock{mutex};
    std::unique_ptr<Client>& client = clients[config];
    if (!client) client = std::make_unique<Client>(std::move(config));
    return *client;
}

std::vector<std::string_view> xml_elements(std::string_view document, std::string_view name) {
    const std::string opening = fmt::format("<{}>", name), closing = fmt::format("</{}>", name);
    std::vector<std::string_view> found;
    for (auto begin = document.find(opening); begin != document.npos; begin = document.find(opening, begin)) {
        begin += opening.size();
        const auto end = document.find(closing, begin);
        if (end == document.npos) break;
        found.push_back(document.substr(begin, end - begin));
        begin = end;
    }
    return found;
}

std::string xml_text(std::string_view document, std::string_view name) {
    const auto elements = xml_elements(document, name);
    return elements.empty() ? "" : decoded_entities(elements.front());
}

}  // namespace freshet::s3
