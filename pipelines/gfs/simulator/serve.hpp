// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "simulator/faults.hpp"

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace gfs::simulator {

struct ServeOptions {
    std::filesystem::path folder;
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;                            ///< 0: any free one
    std::optional<std::filesystem::path> port_file{};  ///< gets the port once requests are answered
    std::vector<Fault> faults{};
    std::optional<std::filesystem::path> count_file{};  ///< gets the counts at the end
};

/// Serves a folder until SIGTERM or SIGINT. Must be called before the process has other threads.
void serve(const ServeOptions& options, std::ostream& out);

}  // namespace gfs::simulator
