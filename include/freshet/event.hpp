// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/json.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace freshet {

/// A message to the world that something is finished: a CloudEvent 1.0. It is delivered at least once, and every
/// repeat carries the same id.
struct Event {
    std::string id;             ///< the same for the same fact: see uuid5()
    std::string source;         ///< URI reference of who says it: "/freshet/gfs"
    std::string type;           ///< reverse DNS: "dev.freshet.dataset.cycle.completed.v1"
    std::string subject;        ///< CloudEvents subject: "gfs.0p25/2026-08-21T06Z"
    Time time{};                ///< when it happened
    std::string key;            ///< events of one key and subject are delivered in order: the dataset
    Json data;                  ///< the facts, for its receivers
    std::string traceparent{};  ///< W3C trace context of the run that says so

    friend bool operator==(const Event&, const Event&) = default;
};

/// CloudEvents' structured mode: one JSON object, the key as the extension "partitionkey"; U+FFFD for bytes that are no
/// UTF-8.
Json to_json(const Event& event);

/// Throws Error when a required attribute is missing or of the wrong kind.
Event event_from_json(const Json& json);

/// Somewhere events go. One that takes none now is asked again until it does; one that refuses an event, a few times.
class Sink {
public:
    virtual ~Sink() = default;
    /// Returns once it has acknowledged the event. Throws TransientError when it takes none now, Error to refuse it.
    virtual void deliver(const Event& event) = 0;
    /// For messages and `freshet_sink` rows: "file /data/events.jsonl", "kafka broker:9092 topic".
    virtual std::string name() const = 0;
};

/// Makes a sink from its [[sink]] table of the configuration; throws ParameterError for what it does not understand.
struct SinkType {
    std::string type;                                  ///< the value of the table's key "type"
    std::unique_ptr<Sink> (*make)(const Json& table);  ///< called once a run, whose delivery alone uses the sink
};

}  // namespace freshet
