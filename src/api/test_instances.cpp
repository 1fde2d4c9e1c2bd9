// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "api/test_instances.hpp"

#include "freshet/error.hpp"
#include "scheduler/config.hpp"
#include "scheduler/scheduler.hpp"
#include "store/state_file.hpp"

#include <fmt/format.h>

#include <array>

namespace freshet::api {

namespace {

constexpr std::size_t max_instances = 256;  // a few hundred kilobytes each

scheduler::Config parse_config(const Json& description) {
    scheduler::Config config;
    const Json* keys = description.find("config");
    if (keys && !keys->is_null())
        for (const auto& [key, value] : keys->as_object())
            if (!value.is_null() && !scheduler::replacement_of_key(key))
                scheduler::set_key(config, key, value.is_string() ? value.as_string() : value.text());
    const Json* resources = description.find("resources");
    if (resources && !resources->is_null())
        for (const auto& [name, limit] : resources->as_object()) config.resources[name] = limit.as_integer();
    return config;
}

}  // namespace

struct TestInstances::Instance {
    Instance(scheduler::Config config, Log& log, Time now)
        : file(store::StateFile::in_memory()), scheduler(file, log, {.config = std::move(config), .seed = 1}, now) {}

    std::mutex mutex;
    store::StateFile file;
    scheduler::Scheduler scheduler;
};

TestInstances::TestInstances(const Clock& clock, Log& log) : clock_(clock), log_(log) {}

TestInstances::~TestInstances() = default;

std::int64_t TestInstances::make(const Json& description) {
    scheduler::Config config;
    try {
        config = parse_config(description);
    } catch (const Error& error) {
        throw ParameterError(fmt::format("create test instance: {}", error.what()));
    }
    auto instance = std::make_shared<Instance>(std::move(config), log_, clock_.now());
    const std::lock_guard lock(mutex_);
    instances_.emplace(++last_, std::move(instance));
    if (instances_.size() > max_instances) instances_.erase(instances_.begin());
    return last_;
}

std::optional<rpc::Response> TestInstances::handle(std::int64_t number, const rpc::Request& request,
                                                   std::optional<Time> instant) {
    const auto instance = find(number);
    if (!instance) return std::nullopt;
    const std::lock_guard lock(instance->mutex);
    const std::array requests{request};
    return std::move(instance->scheduler.execute(requests, instant.value_or(clock_.now())).front());
}

std::shared_ptr<TestInstances::Instance> TestInstances::find(std::int64_t number) {
    const std::lock_guard lock(mutex_);
    const auto found = instances_.find(number);
    return found == instances_.end() ? nullptr : found->second;
}

}  // namespace freshet::api
