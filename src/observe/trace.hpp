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
    std::string trace_id;  ///< 32 lower-case hexadecimal digits, not all zero
    std::string span_id;   ///< 16, not all zero

    friend bool operator==(const Trace&, const Trace&) = default;
};

/// Parses a `traceparent` of version 00 or later; nullopt for one that must be ignored: malformed, with an id of zeros,
/// or of version ff. Drops the flags.
std::optional<Trace> parse_traceparent(std::string_view text);

/// The header's value, of version 00 and marked as sampled, whatever the parent was.
std::string traceparent(const Trace& trace);

/// 16 random hexadecimal digits. Thread-safe; throws Error when the system's random generator fails.
std::string new_span_id();

/// The identity of a run of a program.
struct RunIdentity {
    std::string run_id;  ///< a UUID
    Trace trace;
};

/// A new run, within the trace of `parent` (the TRACEPARENT of the environment) or, when that is empty or must be
/// ignored, a trace whose id is the run's without dashes. The span is new. Throws as new_span_id().
RunIdentity new_run(std::string_view parent);

/// The fields of every record of the run's log, with the name of this host and the id of this process.
Json::Object common_fields(const RunIdentity& run, std::string_view pipeline);

}  // namespace freshet::observe
