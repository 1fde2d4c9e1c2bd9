// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/json.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <tuple>

namespace gfs::simulator {

/// Counts what was asked of a simulator and how many bytes it gave. Used by all of the server's threads.
class Statistics {
public:
    void count(const std::string& method, const std::string& path, int status, std::uint64_t bytes);

    /// {"requests":3,"bytes":99,"answers":[{"method":"GET","path":"/x","status":206,"requests":2,"bytes":99},...]}
    freshet::Json json() const;

private:
    struct Count {
        std::uint64_t requests = 0;
        std::uint64_t bytes = 0;

        void add(const Count& other);
    };
    using Key = std::tuple<std::string, std::string, int>;  ///< path, method, status

    mutable std::mutex mutex_;  ///< guards all below; held for one look-up at a time
    std::map<Key, Count> counts_;
    Count total_;
};

}  // namespace gfs::simulator
