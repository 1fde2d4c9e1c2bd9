// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "event/sinks.hpp"

#include "base/files.hpp"
#include "event/delivery.hpp"
#include "event/sample_event.hpp"
#include "event/sink_config.hpp"
#include "freshet/error.hpp"
#include "support/temp_dir.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

using namespace freshet;
using namespace std::chrono_literals;
using event::WebhookOptions;
using event::WebhookSink;
using test::sample_event;

namespace {

/// A receiver without a network that keeps a diary.
struct Receiver {
    http::Response answer{.status = 204};
    std::string error{};  ///< of its client, instead of an answer
    std::vector<http::Request> requests{};

    WebhookSink sink(WebhookOptions options = {.url = "https://user:pw@host/events?key=secret"}) {
        return WebhookSink{std::move(options), std::make_unique<Joined>(*this)};
    }

    struct Joined final : http::Client {
        explicit Joined(Receiver& to) : receiver(to) {}
        http::Response send(const http::Request& request) override {
            receiver.requests.push_back(request);
            if (!receiver.error.empty()) throw TransientError(receiver.error);
            return receiver.answer;
        }
        Receiver& receiver;
    };
};

std::optional<TransientError> failure(WebhookSink sink) {
    try {
        sink.deliver(sample_event("1"));
    } catch (const TransientError& error) {
        return error;
    }
    return std::nullopt;
}

}  // namespace

TEST_CASE("an event is posted as a structured CloudEvent", "[event]") {
    Receiver receiver;
    receiver.sink({.url = "https://host/events", .headers = {{"X-Team", "wx"}}}).deliver(sample_event());
    REQUIRE(receiver.requests.size() == 1);
    const auto& request = receiver.requests.front();
    CHECK(request.method == "POST");
    CHECK(request.url == "https://host/events");
    CHECK(http::find_header(request.headers, "Content-Type") == "application/cloudevents+json; charset=utf-8");
    CHECK(http::find_header(request.headers, "X-Team") == "wx");
    CHECK(http::find_header(request.headers, "Authorization") == std::nullopt);
    CHECK(event_from_json(Json::parse(request.body)) == sample_event());
}

TEST_CASE("every answer of 2xx acknowledges, no other does", "[event]") {
    for (const int status : {200, 201, 202, 204}) {
        Receiver receiver{.answer = {.status = status}};
        CHECK_FALSE(failure(receiver.sink()));
    }
    for (const int status : {301, 401, 403, 404, 410, 500, 503}) {
        Receiver receiver{.answer = {.status = status}};
        const auto error = failure(receiver.sink());
        REQUIRE(error);
        CHECK(error->failure_class() == FailureClass::transient);
    }
}

TEST_CASE("an answer about the content refuses the event, one about the sender or the receiver does not", "[event]") {
    for (const int status : {400, 401, 403, 413, 415, 422, 429, 503}) {
        Receiver receiver{.answer = {.status = status}};
        auto sink = receiver.sink();
        const auto result =
            event::try_deliver(sink, {.event_id = "1", .key = "", .document = to_json(sample_event("1")).text()});
        CAPTURE(status);
        CHECK(result.error);
        CHECK(result.is_refusal == (status == 400 || status == 413 || status == 415 || status == 422));
    }
}

TEST_CASE("a receiver that asks for a pause gets it", "[event]") {
    Receiver receiver{.answer = {.status = 503, .headers = {{"Retry-After", "90"}}}};
    const auto error = failure(receiver.sink());
    REQUIRE(error);
    CHECK(error->failure_class() == FailureClass::throttled);
    CHECK(error->retry_after() == 90s);
}

TEST_CASE("a refusal says what the receiver said and keeps the secrets of its address", "[event]") {
    Receiver receiver{.answer = {.status = 400, .body = "no such dataset\nat line 1"}};
    CHECK_THROWS_WITH(receiver.sink().deliver(sample_event("1")),
                      "deliver event '1' to webhook https://host/…: answered 400 'no such dataset'");
}

TEST_CASE("a receiver that is down delays the event", "[event]") {
    Receiver receiver{.error = "post 'https://host/events': connection refused"};
    const auto error = failure(receiver.sink());
    REQUIRE(error);
    CHECK(std::string(error->what()) ==
          "deliver event '1' to webhook https://host/…: post 'https://host/…': connection refused");
}

TEST_CASE("no failure of a delivery tells the path of a webhook, nor of where it redirects", "[event]") {
    Receiver receiver{.error = "post 'https://hooks.example/s3cret': it redirects to 'ftp' from 'http://b/s3cret'"};
    const auto error = failure(receiver.sink({.url = "https://hooks.example/s3cret"}));
    REQUIRE(error);
    CHECK(std::string(error->what()) ==
          "deliver event '1' to webhook https://hooks.example/…: "
          "post 'https://hooks.example/…': it redirects to 'ftp' from 'http://b/…'");
}

TEST_CASE("the token is read anew for each event", "[event]") {
    const test::TempDir dir;
    const auto file = dir.path() / "token";
    Receiver receiver;
    auto sink = receiver.sink({.url = "https://host/", .token_file = file});
    for (const auto* token : {"first", "second"}) {
        write_file_atomically(file, std::string(token) + "\n");
        sink.deliver(sample_event());
        CHECK(http::find_header(receiver.requests.back().headers, "Authorization") == std::string("Bearer ") + token);
    }
    std::filesystem::remove(file);
    CHECK_THROWS_AS(sink.deliver(sample_event()), TransientError);
}

TEST_CASE("headers are read anew from their file for each event, and a bad line is named, not shown", "[event]") {
    const test::TempDir dir;
    const auto file = dir.path() / "headers";
    Receiver receiver;
    auto sink = receiver.sink({.url = "https://host/", .headers = {{"X-Team", "wx"}}, .headers_file = file});
    for (const auto* key : {"first", "second"}) {
        write_file_atomically(file, fmt::format("# for the hook\n\nX-Api-Key: {}:1\n", key));
        sink.deliver(sample_event());
        CHECK(http::find_header(receiver.requests.back().headers, "X-Api-Key") == fmt::format("{}:1", key));
        CHECK(http::find_header(receiver.requests.back().headers, "X-Team") == "wx");
    }
    write_file_atomically(file, "X-Api-Key: a\nsecret\n");
    CHECK_THROWS_AS(sink.deliver(sample_event()), TransientError);
    CHECK_THROWS_WITH(sink.deliver(sample_event()),
                      Catch::Contains("line 2 is not 'Name: value'") && !Catch::Contains("secret"));
}

TEST_CASE("a webhook is made from its table, mistakes in it are named", "[event]") {
    const auto make = event::webhook_sink_type().make;
    const auto full = R"({"type":"webhook","url":"http://h/x?y","token_file":"/run/t","headers":{"A":"b","N":1},
        "headers_file":"/run/h","ca_file":"/etc/ca.pem","client_certificate":"/etc/c.pem","client_key":"/etc/k.pem"})";
    CHECK(make(test::table(full))->name() == "webhook http://h/x");
    CHECK_THROWS_WITH(make(test::table(R"({"type":"webhook","urll":"http://h/"})")),
                      "[[sink]] of type 'webhook': unknown key 'urll'; did you mean 'url'?");
    CHECK_THROWS_WITH(make(test::table(R"({"type":"webhook","url":"h/x"})")),
                      "[[sink]] of type 'webhook': the key 'url' is not an http:// or https:// address");
    CHECK_THROWS_WITH(make(test::table(R"({"type":"webhook","url":"http://h/","headers":["a"]})")),
                      "[[sink]] of type 'webhook': the key 'headers' is not a table");
    CHECK_THROWS_AS(make(test::table(R"({"type":"webhook","url":"http://h/","headers":{"a":[]}})")), ParameterError);
    CHECK_THROWS_WITH(make(test::table(R"({"type":"webhook","url":"https://h/","client_key":"k"})")),
                      Catch::Contains("the key 'client_certificate' is missing"));
}

TEST_CASE("the address of a webhook is shown without its path, which is a chat's password", "[event]") {
    const auto shown = [](const std::string& url) { return event::shown_table(Json::Object{{"url", url}}); };
    CHECK(shown("https://hooks.example/services/T1/B1/s3cret") == "  url = \"https://hooks.example/…\"\n");
    CHECK(shown("https://ada:s3cret@hooks.example:8443?key=s3cret") == "  url = \"https://hooks.example:8443\"\n");
    CHECK(event::shown_table(Json::Object{{"properties", Json::Object{{"registry", "http://host/s3cret"}}}}) ==
          "  properties = { registry = \"http://host/…\" }\n");
}
