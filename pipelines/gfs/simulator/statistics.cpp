// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/statistics.hpp"

namespace gfs::simulator {

void Statistics::Count::add(const Count& other) {
    requests += other.requests;
    bytes += other.bytes;
}

void Statistics::count(const std::string& method, const std::string& path, int status, std::uint64_t bytes) {
    const std::lock_guard lock(mutex_);
    counts_[{path, method, status}].add({1, bytes});
    total_.add({1, bytes});
}

freshet::Json Statistics::json() const {
    const std::lock_guard lock(mutex_);
    auto responses = freshet::Json::array();
    for (const auto& [key, count] : counts_) {
        const auto& [path, method, status] = key;
        responses.push_back(freshet::Json::Object{{"method", method},
                                                  {"path", path},
                                                  {"status", status},
                                                  {"requests", count.requests},
                                                  {"bytes", count.bytes}});
    }
    return freshet::Json::Object{{"requests", total_.requests}, {"bytes", total_.bytes}, {"answers", responses}};
}

}  // namespace gfs::simulator
