// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "simulator/faults.hpp"

#include "freshet/http.hpp"
#include "freshet/json.hpp"

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace gfs::simulator {

/// Counts requests and bytes sent. Thread-safe.
class Statistics {
public:
    void count(const std::string& method, const std::string& path, int status, std::uint64_t bytes);

    /// Reports as
    /// {"requests":3,"bytes":99,"answers":[{"method":"GET","path":"/x","status":206,"requests":2,"bytes":99},...]}
    freshet::Json json() const;

private:
    struct Count {
        std::uint64_t requests = 0;
        std::uint64_t bytes = 0;

        void add(const Count& other);
    };
    using Key = std::tuple<std::string, std::string, int>;  ///< path, method, status

    mutable std::mutex mutex_;  ///< guards all below
    std::map<Key, Count> counts_;
    Count total_;
};

/// Handler of a simulated GFS mirror: serves the files of a folder (GET and HEAD, one Range, ETag, Last-Modified) and
/// injects faults. GET /_mirror/statistics reports the counts, GET /_mirror/faults the faults, and POST there replaces
/// them; these requests are not counted.
class Simulator {
public:
    explicit Simulator(std::filesystem::path folder, const freshet::Clock& clock)
        : folder_(std::move(folder)), faults_(clock) {}

    /// A freshet::http::Handler. Thread-safe.
    freshet::http::Response handle(const freshet::http::Request& request);
    freshet::Json statistics() const { return statistics_.json(); }
    FaultInjector& faults() { return faults_; }

private:
    freshet::http::Response respond(const freshet::http::Request& request, const std::string& path);
    freshet::http::Response control(const freshet::http::Request& request, const std::string& path);

    std::filesystem::path folder_;
    FaultInjector faults_;
    Statistics statistics_;
};

/// Options of serve().
struct ServeOptions {
    std::filesystem::path folder;
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;                            ///< 0: any free one
    std::optional<std::filesystem::path> port_file{};  ///< receives the port once the server is ready
    std::vector<Fault> faults{};
    std::optional<std::filesystem::path> count_file{};  ///< receives the counts at the end
};

/// Serves a folder until SIGTERM or SIGINT. Call it before the process has other threads: it blocks the signals.
void serve(const ServeOptions& options, std::ostream& out);

}  // namespace gfs::simulator
