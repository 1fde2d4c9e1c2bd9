// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/fault_set.hpp"

#include <fnmatch.h>

namespace gfs::simulator {

void FaultInjector::set(std::vector<Fault> faults) {
    const std::lock_guard lock(mutex_);
    since_ = clock_.steady_now();
    states_.clear();
    for (auto& fault : faults) states_.push_back({.fault = std::move(fault)});
}

std::optional<Fault> FaultInjector::match(const std::string& method, const std::string& path) {
    const std::lock_guard lock(mutex_);
    const std::chrono::duration<double> passed = clock_.steady_now() - since_;
    for (auto& state : states_) {
        if (matches(state, method, path, passed.count())) return state.fault;
    }
    return std::nullopt;
}

bool FaultInjector::matches(FaultState& state, const std::string& method, const std::string& path, double seconds) {
    const auto& fault = state.fault;
    if (seconds < fault.from || (fault.until && seconds >= *fault.until)) return false;
    if (fault.method != "*" && fault.method != method) return false;
    if (::fnmatch(fault.path.c_str(), path.c_str(), 0) != 0) return false;
    if (state.matched++ < fault.after) return false;
    if (fault.times && state.injected >= *fault.times) return false;
    ++state.injected;
    return true;
}

freshet::Json FaultInjector::json() const {
    const std::lock_guard lock(mutex_);
    auto all = freshet::Json::array();
    for (const auto& state : states_) {
        all.push_back(freshet::Json::Object{
            {"kind", name_of(state.fault.kind)}, {"path", state.fault.path}, {"met", state.injected}});
    }
    return freshet::Json::Object{{"faults", all}};
}

}  // namespace gfs::simulator
