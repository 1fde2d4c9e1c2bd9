// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/router.hpp"
#include "base/url_encoding.hpp"
#include "scheduler/sliced_query.hpp"
#include "scheduler/state_machine.hpp"
#include "support/fake_clock.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace freshet::test {

/// Executor that responds at once and records its requests.
class DirectExecutor final : public scheduler::Executor {
public:
    using Executor::submit;
    void submit(std::vector<rpc::Request> requests, scheduler::OnReply on_reply, scheduler::IsConnected) override {
        if (is_stopped) return;
        std::vector<rpc::Response> responses;
        for (const rpc::Request& request : requests)
            responses.push_back(is_full ? rpc::Unavailable{"the disk is full"}
                                        : machine.handle(request, FakeClock::start));
        received.insert(received.end(), requests.begin(), requests.end());
        on_reply(std::move(responses));
    }

    void query(scheduler::QueryFactory factory, scheduler::OnQueryDone on_done, scheduler::IsConnected) override {
        const auto query = factory.make(machine.state(), FakeClock::start);
        while (!query->step(machine.state(), scheduler::Budget(1))) {
        }
        if (factory.request()) received.push_back(*factory.request());
        on_done(std::make_shared<scheduler::QueryResult>(query->take_result()));
    }
    bool is_disk_full() const override { return is_full; }
    std::chrono::seconds stalled_for() const override { return stalled; }

    scheduler::StateMachine machine{{}, 1};
    std::vector<rpc::Request> received;
    bool is_full = false;
    bool is_stopped = false;
    std::chrono::seconds stalled{};
};

/// Audit backend that records its entries.
class FakeAuditBackend final : public api::AuditBackend {
public:
    void prepare() override {
        if (is_full) throw DiskFullError("write audit log: no room");
    }
    void record(const api::AuditEntry& entry) override { entries.push_back(entry); }

    std::vector<api::AuditEntry> entries;
    bool is_full = false;
};

/// Client of a Router, without a network.
class TestClient {
public:
    explicit TestClient(api::RouterOptions options = {}) : router(executor, clock, with_audit(std::move(options))) {}

    http::Response send(http::Request request) {
        if (!http::find_header(request.headers, "Host") && adds_host) request.headers.emplace_back("Host", "localhost");
        request.peer = "127.0.0.1";
        std::optional<http::Response> response;
        router.handle(std::move(request), [&](const http::MakeResponse& make) { response = make(); });
        if (!response) throw std::runtime_error("the router did not respond");
        return *std::move(response);
    }
    /// Sends a change and ignores its response.
    void send_and_forget(std::string url, const std::string& data, http::Headers headers = {}) {
        headers.insert(headers.end(), {{"Host", "localhost"}, {"Content-Type", "application/x-www-form-urlencoded"}});
        router.handle({.method = "POST",
                       .url = std::move(url),
                       .headers = std::move(headers),
                       .body = form_encoded({{"data", data}}),
                       .peer = "127.0.0.1"},
                      [](const http::MakeResponse&) {});
    }
    http::Response get(std::string url, http::Headers headers = {}) {
        return send({.method = "GET", .url = std::move(url), .headers = std::move(headers)});
    }
    /// Posts a form, as Luigi's workers do.
    http::Response post(std::string url, const std::string& data, http::Headers headers = {}) {
        headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
        return send({.method = "POST",
                     .url = std::move(url),
                     .headers = std::move(headers),
                     .body = form_encoded({{"data", data}})});
    }
    /// Returns the value of "response".
    Json call(const std::string& method, const std::string& data = "{}") {
        const http::Response response = post("/api/" + method, data);
        if (response.status != 200) throw std::runtime_error(response.body);
        return Json::parse(response.body).at("response");
    }

    DirectExecutor executor;
    FakeClock clock;
    FakeAuditBackend audit;
    bool adds_host = true;
    api::Router router;

private:
    api::RouterOptions with_audit(api::RouterOptions options) {
        options.audit_backends.push_back(&audit);
        return options;
    }
};

}  // namespace freshet::test
