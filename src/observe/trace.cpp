// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "observe/trace.hpp"

#include "base/host_name.hpp"
#include "freshet/digest.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

namespace freshet::observe {

namespace {

bool is_lower_hex(std::string_view text) { return text.find_first_not_of("0123456789abcdef") == text.npos; }
bool is_zero(std::string_view text) { return text.find_first_not_of('0') == text.npos; }

std::string without_dashes(std::string uuid) {
    std::erase(uuid, '-');
    return uuid;
}

}  // namespace

std::optional<Trace> parse_traceparent(std::string_view text) {
    // 00-<32>-<16>-<2>; a later version may append fields, "ff" is none.
    constexpr std::size_t length = 55;
    if (text.size() < length || (text.size() > length && (text.starts_with("00") || text[length] != '-')))
        return std::nullopt;
    if (text[2] != '-' || text[35] != '-' || text[52] != '-' || text.starts_with("ff")) return std::nullopt;
    const auto version = text.substr(0, 2), trace = text.substr(3, 32), span = text.substr(36, 16),
               flags = text.substr(53, 2);
    if (!is_lower_hex(version) || !is_lower_hex(trace) || !is_lower_hex(span) || !is_lower_hex(flags))
        return std::nullopt;
    if (is_zero(trace) || is_zero(span)) return std::nullopt;
    return Trace{std::string(trace), std::string(span)};
}

std::string traceparent(const Trace& trace) { return fmt::format("00-{}-{}-01", trace.trace_id, trace.span_id); }

std::string new_span_id() {
    const std::string random = without_dashes(uuid4());
    return random.substr(random.size() - 16);
}

RunIdentity new_run(std::string_view parent) {
    RunIdentity run{.run_id = uuid4(), .trace = {}};
    const auto known = parse_traceparent(parent);
    run.trace = {known ? known->trace_id : without_dashes(run.run_id), new_span_id()};
    return run;
}

Json::Object common_fields(const RunIdentity& run, std::string_view pipeline) {
    return {{"pipeline", pipeline},
            {"run_id", run.run_id},
            {"trace_id", run.trace.trace_id},
            {"host", host_name()},
            {"pid", getpid()}};
}

}  // namespace freshet::observe
