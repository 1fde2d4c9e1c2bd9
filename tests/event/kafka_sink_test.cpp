// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/kafka.hpp"

#include "event/mock_kafka.hpp"
#include "event/sample_event.hpp"
#include "freshet/error.hpp"

#include <catch2/catch.hpp>

using namespace freshet;
using test::MockKafka;
using test::sample_event;

namespace {

std::unique_ptr<Sink> sink_to(const MockKafka& kafka, const std::string& timeout_ms = "5000") {
    return kafka_sink_type().make(Json::Object{{"type", "kafka"},
                                               {"brokers", kafka.brokers()},
                                               {"topic", "cycles"},
                                               {"properties", Json::Object{{"message.timeout.ms", timeout_ms}}}});
}

std::string failure(Sink& sink, const Event& event = sample_event("1")) {
    try {
        sink.deliver(event);
    } catch (const TransientError& error) {
        return error.what();
    }
    return "delivered";
}

}  // namespace

TEST_CASE("an event reaches Kafka as a CloudEvent in binary mode", "[kafka]") {
    const MockKafka kafka{"cycles"};
    sink_to(kafka)->deliver(sample_event());
    const auto received = kafka.messages(1);
    REQUIRE(received.size() == 1);
    CHECK(received[0].key == "gfs.0p25");
    CHECK(received[0].body == R"({"dataset":"gfs.0p25","files":7})");
    CHECK(received[0].headers ==
          std::map<std::string, std::string>{{"content-type", "application/json"},
                                             {"ce_specversion", "1.0"},
                                             {"ce_id", "2f1c6a3e-5d0b-5c8e-9a41-000000000001"},
                                             {"ce_source", "/freshet/gfs"},
                                             {"ce_type", "dev.freshet.dataset.cycle.completed.v1"},
                                             {"ce_time", "2026-08-21T10:31:02.500Z"},
                                             {"ce_subject", "gfs.0p25/2026-08-21T06Z"}});
}

TEST_CASE("Kafka gets the trace of the run as a header", "[kafka]") {
    const MockKafka kafka{"cycles"};
    auto event = sample_event();
    event.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    sink_to(kafka)->deliver(event);
    CHECK(kafka.messages(1).at(0).headers["ce_traceparent"] == event.traceparent);
}

TEST_CASE("an event without data is no tombstone", "[kafka]") {
    const MockKafka kafka{"cycles"};
    auto event = sample_event();
    event.data = Json{};
    sink_to(kafka)->deliver(event);
    const auto received = kafka.messages(1);
    REQUIRE(received.size() == 1);
    CHECK(received[0].body == "null");
}

TEST_CASE("events of one key go to the partition that Java's clients choose, in order", "[kafka]") {
    constexpr int partitions = 7;
    constexpr std::uint32_t murmur2_of_foobar = static_cast<std::uint32_t>(-790332482);  // from Kafka's own tests
    const MockKafka kafka{"cycles", partitions};
    const auto sink = sink_to(kafka);
    for (const auto* id : {"1", "2", "3"}) {
        auto event = sample_event(id);
        event.key = "foobar";
        sink->deliver(event);
    }
    const auto received = kafka.messages(3);
    REQUIRE(received.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
        CHECK(received[i].partition == static_cast<int>((murmur2_of_foobar & 0x7fffffff) % partitions));
        CHECK(received[i].headers.at("ce_id") == std::to_string(i + 1));
    }
}

TEST_CASE("a refusal that passes by itself is not noticed", "[kafka]") {
    MockKafka kafka{"cycles"};
    kafka.fail_next({RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION});
    CHECK(failure(*sink_to(kafka)) == "delivered");
    CHECK(kafka.messages(1).size() == 1);
}

TEST_CASE("a refusal delays the event and says why", "[kafka]") {
    MockKafka kafka{"cycles"};
    const auto sink = sink_to(kafka);
    kafka.fail_next({RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED});
    CHECK_THAT(failure(*sink), Catch::StartsWith("deliver event '1' to kafka " + kafka.brokers() +
                                                 " cycles: Broker: Topic authorization failed"));
    CHECK(failure(*sink) == "delivered");
    CHECK(kafka.messages(1).at(0).headers.at("ce_id") == "1");
}

TEST_CASE("a message that Kafka never takes is refused, and the next one is not", "[kafka]") {
    MockKafka kafka{"cycles"};
    const auto sink = sink_to(kafka);
    for (const auto error : {RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE, RD_KAFKA_RESP_ERR_INVALID_RECORD}) {
        kafka.fail_next({error});
        try {
            sink->deliver(sample_event("1"));
            FAIL("it was delivered");
        } catch (const Error& refusal) {
            CHECK(refusal.failure_class() == FailureClass::permanent);
        }
    }
    CHECK(failure(*sink, sample_event("2")) == "delivered");
}

TEST_CASE("a broker that is down delays the event until it is back", "[kafka]") {
    MockKafka kafka{"cycles"};
    const auto sink = sink_to(kafka, "2000");  // long enough for a broker on a machine that has much to do
    CHECK(failure(*sink, sample_event("0")) == "delivered");
    kafka.go_down();
    CHECK_THAT(failure(*sink), Catch::Contains("Local: Message timed out"));
    CHECK_THAT(failure(*sink), Catch::Contains("Connection refused") || Catch::Contains("Disconnected"));
    kafka.come_up();
    std::string last;
    for (int tries = 0; tries < 20 && last != "delivered"; ++tries) last = failure(*sink);
    CHECK(last == "delivered");
    CHECK(kafka.messages(2).at(1).headers.at("ce_id") == "1");
}
