// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "freshet/event.hpp"
#include "freshet/registry.hpp"

#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace freshet {

/// What a program tells of itself.
struct Program {
    std::string name;
    std::string version;              ///< stands in receipts and in the state
    std::string summary{};            ///< one line for --help
    std::vector<SinkType> sinks{};    ///< beyond the built-in ones: kafka_sink_type()
    /// Turns words like "latest" among a root's parameters into values, once, before the task is made; none: nothing.
    std::function<void(std::string_view family, Values& values, const Clock& clock)> resolve{};
    /// Where the state is unless --state says otherwise; none: $XDG_STATE_HOME/freshet/NAME.sqlite.
    std::function<std::string(const AnyTask& root)> default_state{};
    /// The file that announced events are appended to besides the configured sinks; none: no such file.
    std::function<std::string(const AnyTask& root)> default_events_file{};
};

/// The command line of a pipeline's binary: run, plan, tree, why, verify, list, history, config, help.
/// Returns the exit status: 0 complete, else the greatest of Luigi's codes that applies (see --help).
int command_line(const Program& program, const Registry& registry, int argc, const char* const* argv, std::ostream& out,
                 std::ostream& err);

}  // namespace freshet
