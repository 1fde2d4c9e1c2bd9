// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/faults.hpp"

#include "freshet/codec.hpp"
#include "freshet/error.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>

namespace gfs::simulator {
namespace {

using freshet::Json;
using freshet::ParameterError;

struct KindName {
    FaultKind kind;
    std::string_view name;
};

constexpr KindName kinds[] = {
    {FaultKind::absent, "absent"},
    {FaultKind::status, "status"},
    {FaultKind::empty, "empty"},
    {FaultKind::html, "html"},
    {FaultKind::cut, "cut"},
    {FaultKind::slow, "slow"},
    {FaultKind::ignore_range, "ignore_range"},
    {FaultKind::wrong_range, "wrong_range"},
    {FaultKind::truncated, "truncated"},
    {FaultKind::stale_index, "stale_index"},
    {FaultKind::replaced, "replaced"},
};

/// Joins the names of a table's rows.
template <typename Row, std::size_t n>
std::string names_of(const Row (&rows)[n]) {
    std::string all;
    for (const auto& row : rows) all += fmt::format("{}{}", all.empty() ? "" : ", ", row.name);
    return all;
}

FaultKind parse_kind(const Json& json) {
    const auto& text = json.as_string();
    const auto* const found = std::ranges::find(kinds, text, &KindName::name);
    if (found != std::end(kinds)) return found->kind;
    throw ParameterError(fmt::format("unknown kind of fault '{}'; kinds: {}", text, names_of(kinds)));
}

template <typename Number>
Number non_negative(const Json& json) {
    if (json.as_integer() < 0) throw ParameterError(fmt::format("{} is negative", json.as_integer()));
    return static_cast<Number>(json.as_integer());
}

struct Key {
    std::string_view name;
    void (*read)(Fault& fault, const Json& value);
};

constexpr Key keys[] = {
    {"kind", [](Fault& fault, const Json& value) { fault.kind = parse_kind(value); }},
    {"path", [](Fault& fault, const Json& value) { fault.path = value.as_string(); }},
    {"method", [](Fault& fault, const Json& value) { fault.method = value.as_string(); }},
    {"from", [](Fault& fault, const Json& value) { fault.from = value.as_number(); }},
    {"until", [](Fault& fault, const Json& value) { fault.until = value.as_number(); }},
    {"after", [](Fault& fault, const Json& value) { fault.after = non_negative<int>(value); }},
    {"times", [](Fault& fault, const Json& value) { fault.times = non_negative<int>(value); }},
    {"status", [](Fault& fault, const Json& value) { fault.status = non_negative<int>(value); }},
    {"retry_after", [](Fault& fault, const Json& value) { fault.retry_after = non_negative<int>(value); }},
    {"bytes", [](Fault& fault, const Json& value) { fault.bytes = non_negative<std::uint64_t>(value); }},
    {"messages", [](Fault& fault, const Json& value) { fault.messages = non_negative<int>(value); }},
    {"rate", [](Fault& fault, const Json& value) { fault.rate = non_negative<std::uint64_t>(value); }},
    {"shift", [](Fault& fault, const Json& value) { fault.shift = value.as_integer(); }},
    {"by", [](Fault& fault, const Json& value) { fault.by = value.as_string(); }},
};

void read_key(Fault& fault, const Json::Member& member) {
    const auto* const key = std::ranges::find(keys, std::string_view(member.first), &Key::name);
    if (key == std::end(keys)) {
        throw ParameterError(fmt::format("unknown key '{}' of a fault; keys: {}", member.first, names_of(keys)));
    }
    try {
        key->read(fault, member.second);
    } catch (const freshet::Error& error) {
        throw ParameterError(fmt::format("{}: {}", key->name, error.what()));
    }
}

Fault parse_fault(const Json& json) {
    Fault fault;
    if (json.find("kind") == nullptr) throw ParameterError("'kind' is required");
    for (const auto& member : json.as_object()) read_key(fault, member);
    if (fault.kind == FaultKind::truncated && fault.bytes.has_value() == fault.messages.has_value()) {
        throw ParameterError("'truncated' needs either 'bytes' or 'messages'");
    }
    if (fault.kind == FaultKind::replaced && fault.by.empty()) throw ParameterError("'replaced' needs 'by'");
    return fault;
}

Fault parse_release(std::string_view entry) {
    const auto colon = entry.find(':');
    if (colon == std::string_view::npos) {
        throw freshet::ParameterError(fmt::format("'{}' is not LEAD:SECONDS like 3:20", entry));
    }
    const auto lead = freshet::Codec<int>::read(entry.substr(0, colon));
    return {.kind = FaultKind::absent,
            .path = fmt::format("*f{:03}*", lead),  // "pgrb2.0p25.f003", "sfluxgrbf003.grib2"
            .until = freshet::Codec<double>::read(entry.substr(colon + 1))};
}

}  // namespace

bool needs_file(FaultKind kind) {
    return kind != FaultKind::absent && kind != FaultKind::status && kind != FaultKind::empty &&
           kind != FaultKind::html;
}

std::string_view name_of(FaultKind kind) { return std::ranges::find(kinds, kind, &KindName::kind)->name; }

std::vector<Fault> parse_faults(const Json& json) {
    std::vector<Fault> faults;
    try {
        for (const auto& fault : json.at("faults").as_array()) faults.push_back(parse_fault(fault));
    } catch (const freshet::Error& error) {
        throw ParameterError(fmt::format("fault {}: {}", faults.size() + 1, error.what()));
    }
    return faults;
}

std::vector<Fault> parse_release_schedule(std::string_view schedule) {
    std::vector<Fault> faults;
    while (!schedule.empty()) {
        const auto entry = schedule.substr(0, schedule.find(','));
        faults.push_back(parse_release(entry));
        schedule.remove_prefix(std::min(entry.size() + 1, schedule.size()));
    }
    return faults;
}

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
