// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/event.hpp"

#include "base/time.hpp"
#include "freshet/error.hpp"

#include <catch2/catch.hpp>

using namespace freshet;

namespace {

Event example() {
    return {.id = "42",
            .source = "/freshet/gfs",
            .type = "dev.freshet.dataset.cycle.completed.v1",
            .subject = "gfs.0p25/2026-08-21T06Z",
            .time = time_from_rfc3339("2026-08-21T10:00:00.250Z"),
            .key = "gfs.0p25",
            .data = Json::Object{{"revision", 1}}};
}

}  // namespace

TEST_CASE("an event has no half of a surrogate pair, whatever its data", "[event]") {
    Event event = example();
    event.subject = "grid \xff";
    event.data = Json::Object{{"file", "a\xff"}};
    const std::string text = to_json(event).text();
    CHECK_THAT(text, !Catch::Contains("\\ud"));
    CHECK_THAT(text, Catch::Contains(R"("data":{"file":"a�"})"));
}

TEST_CASE("an event is written as a CloudEvent with its key as the extension partitionkey", "[event]") {
    CHECK(
        to_json(example()).text() ==
        R"({"specversion":"1.0","id":"42","source":"/freshet/gfs","type":"dev.freshet.dataset.cycle.completed.v1",)"
        R"("subject":"gfs.0p25/2026-08-21T06Z","time":"2026-08-21T10:00:00.250Z","datacontenttype":"application/json",)"
        R"("partitionkey":"gfs.0p25","data":{"revision":1}})");
}

TEST_CASE("an event read from its JSON is the same", "[event]") {
    CHECK(event_from_json(to_json(example())) == example());
}

TEST_CASE("an event carries the trace of the run that announced it", "[event]") {
    Event event = example();
    event.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    CHECK(to_json(event).at("traceparent") == Json(event.traceparent));
    CHECK(event_from_json(to_json(event)) == event);
}

TEST_CASE("an event without an id is refused by the attribute's name", "[event]") {
    Json json = to_json(example());
    json["id"] = nullptr;
    CHECK_THROWS_WITH(event_from_json(json), "read event: attribute 'id' is missing or not a text");
}

TEST_CASE("an event of another version of the specification is refused", "[event]") {
    Json json = to_json(example());
    json["specversion"] = "2.0";
    CHECK_THROWS_WITH(event_from_json(json), "read event: specversion '2.0' is not '1.0'");
}
