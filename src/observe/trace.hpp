// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/json.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace freshet::observe {

/// W3C Trace Context: the id that one run's logs, events and requests share with who started it.
struct Trace {
    std::string trace_id;  ///< 32 hexadecimal digits
    std::string span_id;   ///< 16

    friend bool operator==(const Trace&, const Trace&) = default;
};

/// Parses a `traceparent`; nullopt for one that must be ignored.
std::optional<Trace> parse_traceparent(std::string_view text);

/// The header's value, marked as sampled.
std::string traceparent(const Trace& trace);

/// 16 random hexadecimal digits.
std::string new_span_id();

/// The identity of a run of a program.
struct RunIdentity {
    std::string run_id;  ///< a UUID
    Trace trace;
};

/// A new run, within the trace of `parent` (the TRACEPARENT of the environment) or one derived from the run's id.
RunIdentity new_run(std::string_view parent);

/// The fields that stand in every record of the run's log.
Json::Object common_fields(const RunIdentity& run, std::string_view pipeline);

}  // namespace freshet::observe
