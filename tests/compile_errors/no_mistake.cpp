// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
// The task that the other files here get wrong, one mistake each.
#include "freshet/task.hpp"

struct Greet {
    std::string whom;
    int times = 1;
    int timeout = 1;  // a parameter may have the name of a function that it does not have

    static constexpr freshet::Parameter parameters[] = {freshet::param<&Greet::whom>("whom"),
                                                        freshet::param<&Greet::times>("times"),
                                                        freshet::param<&Greet::timeout>("how long")};
    freshet::LocalTarget output() const;
    freshet::RetryPolicy retry() const { return {.attempts = 3}; }
    int priority() const { return times; }
    void on_failure(freshet::Failure failure) const;
    void on_failure(const freshet::Failure& failure, freshet::EndedAttempt attempt) const;
    void on_success() const;
    static std::vector<bool> bulk_complete(const std::vector<Greet>& tasks);
    void run() const;
};

std::size_t count(std::string_view text) {
    std::size_t count = 0;
    for (const freshet::Json& item : freshet::Json::parse(text).at("items").as_array()) count += item.as_array().size();
    return count;
}

auto task = freshet::AnyTask(Greet{.whom = "x"});
