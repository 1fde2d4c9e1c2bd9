// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "worker/scheduler_line.hpp"

#include "base/form.hpp"
#include "wire/codec.hpp"

#include <fmt/format.h>

namespace freshet::worker {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds connect_timeout{5'000};
constexpr milliseconds usual_silence{15'000};  // a luigid with 100,000 tasks thinks for half a second

/// How long the answer may take.
milliseconds silence_of(const wire::Request& request) {
    const auto* question = std::get_if<wire::GetWork>(&request);
    if (!question) return usual_silence;
    return usual_silence + std::chrono::duration_cast<milliseconds>(std::chrono::duration<double>(question->wait));
}

/// What a server says about a failure, as far as it fits into a sentence. Pages are for people.
std::string first_words(const std::string& body) {
    constexpr std::size_t most = 200;
    if (body.empty() || body.find('<') != body.npos) return {};
    return ": " + body.substr(0, std::min(body.find('\n'), most));
}

std::string_view meaning_of(int status) {
    switch (status) {
        case 401: return "it wants a token that it knows";
        case 403: return "the token does not allow this";
        case 404: return "there is no such method, or no scheduler at this address";
        case 421: return "it does not answer to that host name";
        default: return "it refuses the call";
    }
}

}  // namespace

SchedulerLine::SchedulerLine(SchedulerAddress address, http::Client& client) : address_(std::move(address)), client_(client) {
    while (address_.url.ends_with('/')) address_.url.pop_back();
}

wire::Response SchedulerLine::post(const wire::Request& request, const std::stop_token& stop) const {
    const wire::Call call = wire::encode(request);
    const http::Response answer = send(call.method, call.arguments, silence_of(request), stop);
    if (answer.status != 200) refuse(call.method, answer);
    try {
        return wire::decode_response(request, Json::parse(answer.body).at("response"));
    } catch (const Error& error) {
        throw UnavailableError(fmt::format("scheduler '{}': {}", name(), error.what()));
    }
}

Json SchedulerLine::greeting(const std::stop_token& stop) const {
    const auto call = wire::encode(wire::Request(wire::Hello{}));
    const http::Response answer = send(call.method, call.arguments, usual_silence, stop);
    if (answer.status == 404) {
        // Only a scheduler has an answer to this: another server of that name must not pass for a luigid.
        if (send("is_paused", Json::object(), usual_silence, stop).status == 200) return {};
        throw UnavailableError(fmt::format("scheduler '{}': what answers there is no scheduler", name()));
    }
    if (answer.status != 200) refuse(call.method, answer);
    try {
        return Json::parse(answer.body).at("response");
    } catch (const Error& error) {
        throw UnavailableError(fmt::format("scheduler '{}': what answers there is no scheduler: {}", name(), error.what()));
    }
}

http::Response SchedulerLine::send(const std::string& method, const Json& arguments, milliseconds silence,
                                   const std::stop_token& stop) const {
    http::Request request{.method = "POST",
                          .url = fmt::format("{}/api/{}", address_.url, method),
                          .headers = {{"Content-Type", address_.takes_json ? "application/json" : "application/x-www-form-urlencoded"}},
                          .body = address_.takes_json ? arguments.text() : form_encoded({{"data", arguments.text()}}),
                          .connect_timeout = connect_timeout,
                          .stall_timeout = silence,
                          .stop = stop};
    if (!address_.token.empty()) request.headers.emplace_back("Authorization", "Bearer " + address_.token);
    return client_.send(request);
}

void SchedulerLine::refuse(const std::string& method, const http::Response& answer) const {
    const std::string what = fmt::format("scheduler '{}': {} was answered with {}", name(), method, answer.status);
    const std::string words = first_words(answer.body);
    if (answer.status == 500) throw FailedCallError(what + words);
    if (answer.status == 408 || answer.status == 429 || answer.status > 500)
        throw TransientError(what + words, FailureClass::throttled, http::retry_after(answer));
    throw UnavailableError(words.empty() ? fmt::format("{}: {}", what, meaning_of(answer.status)) : what + words);
}

}  // namespace freshet::worker
