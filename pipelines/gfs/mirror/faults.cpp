// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "mirror/faults.hpp"

#include <fnmatch.h>

namespace gfs::mirror {

void Faults::set(std::vector<Fault> faults) {
    const std::lock_guard lock(mutex_);
    since_ = clock_.steady_now();
    known_.clear();
    for (auto& fault : faults) known_.push_back({.fault = std::move(fault)});
}

std::optional<Fault> Faults::meet(const std::string& method, const std::string& path) {
    const std::lock_guard lock(mutex_);
    const std::chrono::duration<double> passed = clock_.steady_now() - since_;
    for (auto& known : known_) {
        if (hits(known, method, path, passed.count())) return known.fault;
    }
    return std::nullopt;
}

bool Faults::hits(Known& known, const std::string& method, const std::string& path, double seconds) {
    const auto& fault = known.fault;
    if (seconds < fault.from || (fault.until && seconds >= *fault.until)) return false;
    if (fault.method != "*" && fault.method != method) return false;
    if (::fnmatch(fault.path.c_str(), path.c_str(), 0) != 0) return false;
    if (known.matched++ < fault.after) return false;
    if (fault.times && known.met >= *fault.times) return false;
    ++known.met;
    return true;
}

freshet::Json Faults::json() const {
    const std::lock_guard lock(mutex_);
    auto all = freshet::Json::array();
    for (const auto& known : known_) {
        all.push_back(freshet::Json::Object{
            {"kind", name_of(known.fault.kind)}, {"path", known.fault.path}, {"met", known.met}});
    }
    return freshet::Json::Object{{"faults", all}};
}

}  // namespace gfs::mirror
