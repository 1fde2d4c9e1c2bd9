// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/form.hpp"
#include "scheduler/api/api.hpp"
#include "scheduler/state.hpp"
#include "support/fake_clock.hpp"

#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace freshet::test {

/// A scheduler that answers at once, and remembers what it was asked.
class DirectExecutor final : public scheduler::Executor {
public:
    using Executor::submit;
    void submit(std::vector<wire::Request> requests, scheduler::Answered answered, scheduler::IsWanted) override {
        if (is_gone) return;
        std::vector<wire::Response> responses;
        for (const wire::Request& request : requests)
            responses.push_back(is_full ? wire::Unavailable{"the disk is full"}
                                        : state.handle(request, FakeClock::start));
        asked.insert(asked.end(), requests.begin(), requests.end());
        answered(std::move(responses));
    }

    scheduler::State state{{}, 1};
    std::vector<wire::Request> asked;
    bool is_full = false;
    bool is_gone = false;
};

/// An audit that keeps what it was told.
class FakeAudit final : public scheduler::Audit {
public:
    void note(const scheduler::AuditEntry& entry) override { entries.push_back(entry); }

    std::vector<scheduler::AuditEntry> entries;
};

/// Somebody who asks the Api, without a network.
class Caller {
public:
    explicit Caller(scheduler::ApiOptions options = {}) : api(executor, clock, with_audit(std::move(options))) {}

    http::Response ask(http::Request request) {
        if (!http::find_header(request.headers, "Host") && names_host)
            request.headers.emplace_back("Host", "localhost");
        request.peer = "127.0.0.1";
        std::optional<http::Response> response;
        api.handle(std::move(request), [&](const http::MakeResponse& make) { response = make(); });
        if (!response) throw std::runtime_error("there was no answer");
        return *std::move(response);
    }
    /// Sends a change and does not wait for its answer.
    void ask_and_go(std::string url, const std::string& data, http::Headers headers = {}) {
        headers.insert(headers.end(),
                       {{"Host", "localhost"}, {"Content-Type", "application/x-www-form-urlencoded"}});
        api.handle({.method = "POST",
                    .url = std::move(url),
                    .headers = std::move(headers),
                    .body = form_encoded({{"data", data}}),
                    .peer = "127.0.0.1"},
                   [](const http::MakeResponse&) {});
    }
    http::Response get(std::string url, http::Headers headers = {}) {
        return ask({.method = "GET", .url = std::move(url), .headers = std::move(headers)});
    }
    /// As Luigi's workers do.
    http::Response post(std::string url, const std::string& data, http::Headers headers = {}) {
        headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
        return ask({.method = "POST",
                    .url = std::move(url),
                    .headers = std::move(headers),
                    .body = form_encoded({{"data", data}})});
    }
    /// The value of "response".
    Json call(const std::string& method, const std::string& data = "{}") {
        const http::Response response = post("/api/" + method, data);
        if (response.status != 200) throw std::runtime_error(response.body);
        return Json::parse(response.body).at("response");
    }

    DirectExecutor executor;
    FakeClock clock;
    FakeAudit audit;
    bool names_host = true;
    scheduler::Api api;

private:
    scheduler::ApiOptions with_audit(scheduler::ApiOptions options) {
        options.audits.push_back(&audit);
        return options;
    }
};

}  // namespace freshet::test
