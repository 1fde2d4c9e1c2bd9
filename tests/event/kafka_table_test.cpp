// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/files.hpp"
#include "event/sample_event.hpp"
#include "freshet/error.hpp"
#include "freshet/kafka.hpp"
#include "support/temp_dir.hpp"

#include <catch2/catch.hpp>

using namespace freshet;

namespace {

Json table_with(Json::Object properties, Json::Object more = {}) {
    Json::Object table{{"type", "kafka"}, {"brokers", "b:9092"}, {"topic", "t"}, {"properties", std::move(properties)}};
    table.insert(table.end(), more.begin(), more.end());
    return table;
}

std::string refusal(const Json& table) {
    try {
        kafka_sink_type().make(table);
    } catch (const ParameterError& error) {
        return error.what();
    }
    return "accepted";
}

std::string refusal_of_file(const std::string& content) {
    const test::TempDir dir;
    const auto file = dir.path() / "p";
    write_file_atomically(file, content);
    return refusal(table_with({}, {{"properties_file", file.native()}}));
}

}  // namespace

TEST_CASE("a Kafka sink is named by its brokers and topic, and meets no broker when made", "[kafka]") {
    CHECK(kafka_sink_type().make(table_with({}))->name() == "kafka b:9092 t");
}

TEST_CASE("any property of librdkafka may be set", "[kafka]") {
    CHECK(refusal(table_with({{"security.protocol", "SASL_SSL"}, {"sasl.password", "x"}, {"retries", 3}})) ==
          "accepted");
    CHECK(refusal(table_with({{"message.timeout.ms", 2000}, {"enable.ssl.certificate.verification", false}})) ==
          "accepted");
}

TEST_CASE("a mistake in a Kafka table is named", "[kafka]") {
    CHECK(refusal(test::table(R"({"type":"kafka","brokers":"b"})")) ==
          "[[sink]] of type 'kafka': the key 'topic' is missing");
    CHECK(refusal(test::table(R"({"type":"kafka","broker":"b","topic":"t"})")) ==
          "[[sink]] of type 'kafka': unknown key 'broker'; did you mean 'brokers'?");
    CHECK(refusal(table_with({{"security.protocl", "SSL"}})) ==
          "kafka: unknown property 'security.protocl'; did you mean 'security.protocol'?");
}

TEST_CASE("a refused property does not show its value", "[kafka]") {
    CHECK(refusal(table_with({{"security.protocol", "s3cret"}})) ==
          "kafka: the property 'security.protocol' does not take the value given");
}

TEST_CASE("what would break the promise of delivery cannot be set", "[kafka]") {
    CHECK(refusal(table_with({{"acks", "1"}})) == "kafka: the property 'acks' cannot be set: it is always 'all'");
    for (const auto* name : {"enable.idempotence", "request.required.acks", "bootstrap.servers", "transactional.id"}) {
        CHECK_THAT(refusal(table_with({{name, "1"}})), Catch::Contains("cannot be set"));
    }
    CHECK_THAT(refusal(table_with({{"message.timeout.ms", 0}})), Catch::Contains("must end some time"));
}

TEST_CASE("properties are read from a file too", "[kafka]") {
    CHECK(refusal_of_file("# secrets\n\nsasl.username = me\nsasl.password=a=b\n") == "accepted");
    CHECK(refusal_of_file("acks=1\n") == "kafka: the property 'acks' cannot be set: it is always 'all'");
    CHECK_THAT(refusal_of_file("sasl.username=me\nsecret"), Catch::EndsWith("p:2: the line has no '='"));
}
