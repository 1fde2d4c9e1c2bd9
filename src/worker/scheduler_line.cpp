// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/scheduler_line.hpp"

#include "base/url_encoding.hpp"
#include "rpc/codec.hpp"

#include <fmt/format.h>

namespace freshet::worker {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds connect_timeout{5'000};
constexpr milliseconds default_stall_timeout{15'000};  // a luigid with 100,000 tasks thinks for half a second

/// How long the answer may take.
milliseconds stall_timeout_of(const rpc::Request& request) {
    const auto* get_work = std::get_if<rpc::GetWork>(&request);
    if (!get_work) return default_stall_timeout;
    return default_stall_timeout +
           std::chrono::duration_cast<milliseconds>(std::chrono::duration<double>(get_work->wait));
}

/// What a server says about a failure, as far as it fits into a sentence. Pages are for people.
std::string error_excerpt(const std::string& body) {
    constexpr std::size_t max_length = 200;
    if (body.empty() || body.find('<') != body.npos) return {};
    return ": " + body.substr(0, std::min(body.find('\n'), max_length));
}

std::string_view describe_status(int status) {
    switch (status) {
        case 401:
            return "it wants a token that it knows";
        case 403:
            return "the token does not allow this";
        case 404:
            return "there is no such method, or no scheduler at this address";
        case 421:
            return "it does not answer to that host name";
        default:
            return "it refuses the call";
    }
}

}  // namespace

RpcClient::RpcClient(SchedulerAddress address, http::Client& client) : address_(std::move(address)), client_(client) {
    while (address_.url.ends_with('/')) address_.url.pop_back();
}

rpc::Response RpcClient::call(const rpc::Request& request, const std::stop_token& stop) const {
    const rpc::Call call = rpc::encode(request);
    const http::Response response = send(call.method, call.arguments, stall_timeout_of(request), stop);
    if (response.status != 200) throw_error(call.method, response);
    try {
        return rpc::decode_response(request, Json::parse(response.body).at("response"));
    } catch (const Error& error) {
        throw UnavailableError(fmt::format("scheduler '{}': {}", name(), error.what()));
    }
}

Json RpcClient::server_info(const std::stop_token& stop) const {
    const auto call = rpc::encode(rpc::Request(rpc::Hello{}));
    const http::Response response = send(call.method, call.arguments, default_stall_timeout, stop);
    if (response.status == 404) {
        // Only a scheduler has an answer to this: another server of that name must not pass for a luigid.
        if (send("is_paused", Json::object(), default_stall_timeout, stop).status == 200) return {};
        throw UnavailableError(fmt::format("scheduler '{}': what answers there is no scheduler", name()));
    }
    if (response.status != 200) throw_error(call.method, response);
    try {
        return Json::parse(response.body).at("response");
    } catch (const Error& error) {
        throw UnavailableError(
            fmt::format("scheduler '{}': what answers there is no scheduler: {}", name(), error.what()));
    }
}

http::Response RpcClient::send(const std::string& method, const Json& arguments, milliseconds stall_timeout,
                               const std::stop_token& stop) const {
    http::Request request{
        .method = "POST",
        .url = fmt::format("{}/api/{}", address_.url, method),
        .headers = {{"Content-Type", address_.accepts_json ? "application/json" : "application/x-www-form-urlencoded"}},
        .body = address_.accepts_json ? arguments.text() : form_encoded({{"data", arguments.text()}}),
        .connect_timeout = connect_timeout,
        .stall_timeout = stall_timeout,
        .stop = stop};
    if (!address_.token.empty()) request.headers.emplace_back("Authorization", "Bearer " + address_.token);
    return client_.send(request);
}

void RpcClient::throw_error(const std::string& method, const http::Response& response) const {
    const std::string what = fmt::format("scheduler '{}': {} was answered with {}", name(), method, response.status);
    const std::string excerpt = error_excerpt(response.body);
    if (response.status == 500) throw FailedCallError(what + excerpt);
    if (response.status == 408 || response.status == 429 || response.status > 500)
        throw TransientError(what + excerpt, FailureClass::throttled, http::retry_after(response));
    throw UnavailableError(excerpt.empty() ? fmt::format("{}: {}", what, describe_status(response.status))
                                           : what + excerpt);
}

}  // namespace freshet::worker
