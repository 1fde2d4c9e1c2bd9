// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/api/api.hpp"

#include "freshet/error.hpp"
#include "scheduler/api/answers.hpp"
#include "scheduler/api/call.hpp"
#include "scheduler/api/ending.hpp"
#include "scheduler/api/own_routes.hpp"

#include <fmt/format.h>

#include <charconv>

namespace freshet::scheduler {

namespace {

constexpr int refusals_a_second = 10;      // in the audit: enough to see what goes on
constexpr std::size_t longest_path = 200;  // in the audit

/// Takes "/i/7" off "/i/7/api/ping"; nothing when the path has another form.
std::optional<std::int64_t> take_instance(std::string& path) {
    constexpr std::string_view begin = "/i/", api = "/api/";
    if (!path.starts_with(begin)) return std::nullopt;
    std::int64_t number = 0;
    const char* const first = path.data() + begin.size();
    const auto [end, error] = std::from_chars(first, path.data() + path.size(), number);
    const std::string_view rest(end, path.data() + path.size());
    if (error != std::errc() || *first == '-' || !rest.starts_with(api)) return std::nullopt;
    path = std::string(rest);
    return number;
}

/// "/freshet" of "freshet/".
std::string as_prefix(std::string text) {
    while (text.ends_with('/')) text.pop_back();
    return text.empty() || text.starts_with('/') ? text : "/" + text;
}

void take_prefix(std::string& path, const std::string& prefix) {
    if (prefix.empty() || !path.starts_with(prefix)) return;
    if (path.size() == prefix.size()) path += '/';
    if (path[prefix.size()] == '/') path.erase(0, prefix.size());
}

void answer_error(const http::Answer& answer, int status, const std::string& reason) {
    answer([status, reason] { return error_answer(status, reason); });
}

/// Why they cannot be read, if so.
std::optional<std::string> read_arguments(Visit& visit) {
    try {
        visit.arguments = arguments_of(visit.request, visit.query);
    } catch (const Error& error) {
        return error.what();
    }
    return std::nullopt;
}

AuditEntry entry_of(const Route& route, const Visit& visit) {
    return {.actor = visit.actor.name,
            .peer = visit.request.peer,
            .action = visit.instance ? fmt::format("instance {}: {}", *visit.instance, route.id) : route.id,
            .arguments = audited(visit.arguments),
            .by_hand = route.roles != Role::work};
}

bool is_suspicious(const Turned& turned) {
    return turned.status == 401 || turned.status == 403 || turned.status == 421 || turned.status == 429;
}

}  // namespace

Api::Api(Executor& executor, const Clock& clock, ApiOptions options)
    : clock_(clock),
      options_(std::move(options)),
      prefix_(as_prefix(options_.path_prefix)),
      refusals_(refusals_a_second),
      gate_(std::make_shared<const Gate>(options_.access, options_.tokens)) {
    for (Route& route : method_routes(executor, options_.instances)) add(std::move(route));
    for (Route& route : health_routes(executor)) add(std::move(route));
    add(bookmark_route());
    if (options_.instances) add(debug_route(*options_.instances));
    const auto preflight = [this](const Visit& visit, const http::Answer& reply) {
        http::Headers headers = preflight_headers(gate()->cors(), visit.request);
        reply([headers = std::move(headers)] { return http::Response{.status = 204, .headers = headers}; });
    };
    add({.id = "preflight", .path = "/api/", .methods = {"OPTIONS"}, .handler = preflight});
}

void Api::admit(Access access, Tokens tokens) {
    auto gate = std::make_shared<const Gate>(std::move(access), std::move(tokens));
    const std::lock_guard lock(mutex_);
    gate_ = std::move(gate);
}

std::shared_ptr<const Gate> Api::gate() const {
    const std::lock_guard lock(mutex_);
    return gate_;
}

void Api::handle(http::Request request, const http::Answer& answer) {
    auto target = read_request_target(request.url);
    if (!target) return answer_error(answer, 400, "the request does not name a path");
    Asked asked{.request = request, .target = *std::move(target)};
    find(asked);
    const auto gate = this->gate();
    Ending ending(request, gate->cors());
    auto admitted = gate->admit(asked);
    if (auto* turned = std::get_if<Turned>(&admitted))
        return turn_away(asked, slowed(std::move(*turned), request.peer), std::move(ending), answer);
    let_in(asked, std::move(request), std::get<Actor>(std::move(admitted)), std::move(ending), answer);
}

void Api::find(Asked& asked) const {
    std::string path = asked.target.path;
    take_prefix(path, prefix_);
    if (options_.instances) asked.instance = take_instance(path);
    asked.found = routes_.find(asked.request.method, path);
}

/// Who tries many tokens, or the same wrong one for ever, is told to take its time.
Turned Api::slowed(Turned turned, const std::string& peer) {
    const auto pause = turned.is_guess ? guesses_.pause_after(peer, clock_.steady_now()) : std::nullopt;
    if (!pause) return turned;
    return {.status = 429,
            .reason = "too many wrong tokens came from your address",
            .headers = {{"Retry-After", std::to_string(pause->count())}}};
}

void Api::turn_away(const Asked& asked, const Turned& turned, Ending ending, const http::Answer& answer) {
    const auto held_back = is_suspicious(turned) ? refusals_.pass(clock_.steady_now()) : std::nullopt;
    if (held_back) {
        const Json why = Json::Object{{"reason", turned.reason}, {"not_shown_before", *held_back}};
        const std::string path = asked.target.path.substr(0, longest_path);
        AuditEntry entry{.actor = turned.actor,
                         .peer = asked.request.peer,
                         .action = fmt::format("{} {}", asked.request.method, path),
                         .arguments = why.python_text()};
        ending.line = std::make_shared<AuditLine>(std::move(entry), options_.audits);
    }
    with_ending(answer, std::move(ending))([turned] {
        http::Response response = error_answer(turned.status, turned.reason);
        response.headers.insert(response.headers.end(), turned.headers.begin(), turned.headers.end());
        return response;
    });
}

void Api::let_in(Asked& asked, http::Request request, Actor actor, Ending ending, const http::Answer& answer) {
    const Route& route = *asked.found.route;
    Visit visit{.request = std::move(request),
                .rest = std::move(asked.found.rest),
                .query = form_decoded(asked.target.query),
                .actor = std::move(actor),
                .instance = asked.instance};
    const auto failure = read_arguments(visit);
    if (route.effect == Effect::changes && route.audited == Audited::yes && !options_.audits.empty())
        visit.line = ending.line = std::make_shared<AuditLine>(entry_of(route, visit), options_.audits);
    ending.takes_long = route.is_for_people();
    const http::Answer ended = with_ending(answer, std::move(ending));
    if (failure) return answer_error(ended, 500, fmt::format("{}: {}", route.id, *failure));
    try {
        route.handler(std::move(visit), ended);
    } catch (const std::exception& error) {
        answer_error(ended, 500, error.what());
    }
}

}  // namespace freshet::scheduler
