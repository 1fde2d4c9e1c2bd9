// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "observe/trace.hpp"

#include <catch2/catch.hpp>

namespace freshet::observe {

TEST_CASE("a traceparent is read and written", "[trace]") {
    const std::string text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const auto trace = parse_traceparent(text);
    REQUIRE(trace);
    CHECK(trace->trace_id == "4bf92f3577b34da6a3ce929d0e0e4736");
    CHECK(trace->span_id == "00f067aa0ba902b7");
    CHECK(traceparent(*trace) == text);
}

TEST_CASE("a later version's traceparent may have more fields", "[trace]") {
    CHECK(parse_traceparent("01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"));
    CHECK(!parse_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more"));
}

TEST_CASE("a traceparent that breaks the rules is ignored", "[trace]") {
    for (const auto* text : {"", "hello", "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                             "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                             "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                             "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                             "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0"})
        CHECK(!parse_traceparent(text));
}

TEST_CASE("a run joins the trace of who started it", "[trace]") {
    const auto run = new_run("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
    CHECK(run.trace.trace_id == "4bf92f3577b34da6a3ce929d0e0e4736");
    CHECK(run.trace.span_id != "00f067aa0ba902b7");
}

TEST_CASE("a run without a trace derives one from its id", "[trace]") {
    auto run = new_run("");
    std::erase(run.run_id, '-');
    CHECK(run.trace.trace_id == run.run_id);
    CHECK(parse_traceparent(traceparent(run.trace)) == run.trace);
}

TEST_CASE("every record says which run of which pipeline it belongs to", "[trace]") {
    const auto run = new_run("");
    const Json fields = common_fields(run, "gfs");
    CHECK(fields.at("pipeline").as_string() == "gfs");
    CHECK(fields.at("run_id").as_string() == run.run_id);
    CHECK(fields.at("trace_id").as_string() == run.trace.trace_id);
    CHECK(!fields.at("host").as_string().empty());
    CHECK(fields.at("pid").is_integer());
}

}  // namespace freshet::observe
