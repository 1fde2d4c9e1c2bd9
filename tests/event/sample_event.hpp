// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/time.hpp"
#include "freshet/event.hpp"

namespace freshet::test {

inline Event sample_event(std::string id = "2f1c6a3e-5d0b-5c8e-9a41-000000000001") {
    return {.id = std::move(id),
            .source = "/freshet/gfs",
            .type = "dev.freshet.dataset.cycle.completed.v1",
            .subject = "gfs.0p25/2026-08-21T06Z",
            .time = time_from_rfc3339("2026-08-21T10:31:02.500Z"),
            .key = "gfs.0p25",
            .data = Json::Object{{"dataset", "gfs.0p25"}, {"files", 7}}};
}

/// A [[sink]] table in JSON.
inline Json table(std::string_view text) { return Json::parse(text); }

}  // namespace freshet::test
