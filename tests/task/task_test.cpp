// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/registry.hpp"

#include <catch2/catch.hpp>

using freshet::AnyTask;
using freshet::param;
using freshet::Parameter;

namespace {

struct Flag {
    bool is_there = false;
    bool exists() const { return is_there; }
    std::string address() const { return "flag"; }
};

struct Leaf {
    int number = 0;
    bool made = false;
    static constexpr Parameter parameters[] = {param<&Leaf::number>("which"),
                                               param<&Leaf::made>("whether it is there").insignificant()};
    Flag output() const { return {made}; }
    void run() const {}
};

struct Login {
    std::string user;
    std::string password = "hunter2";
    std::string note = "n";
    static constexpr std::string_view family = "site.Login";
    static constexpr Parameter parameters[] = {param<&Login::user>("who").required(),
                                               param<&Login::password>("how").secret(),
                                               param<&Login::note>("remark").hidden()};
    bool complete() const { return false; }
    void run() const {}
    double priority() const { return 2.5; }
    freshet::Resources resources() const { return {{"db", 1}}; }
    std::chrono::seconds timeout() const { return std::chrono::seconds(90); }
};

struct Both {
    int number = 0;
    bool made = false;
    static constexpr freshet::TaskKind kind = freshet::TaskKind::wrapper;
    static constexpr Parameter parameters[] = {param<&Both::number>("which"),
                                               param<&Both::made>("made").insignificant()};
    auto requirements() const {
        return freshet::all(Leaf{.number = number, .made = made},
                            std::vector{Leaf{.number = number + 1, .made = made}});
    }
};

/// Parameters that several tasks share.
struct Place {
    std::string city;
    int district = 1;
    static constexpr Parameter parameters[] = {param<&Place::city>("where").required(),
                                               param<&Place::district>("part of it")};
};

struct Survey : Place {
    int year = 2020;
    bool loud = false;
    static constexpr auto parameters = freshet::inherit_parameters<Place, Survey>(
        param<&Survey::year>("when"), param<&Survey::loud>("remarks").insignificant());
    Flag output() const { return {}; }
    void run() const {}
};

struct Report : Place {
    int year = 2020;
    static constexpr auto parameters = freshet::inherit_parameters<Place, Report>(param<&Report::year>("when"));
    auto requirements() const { return Survey{*this, year}; }
    Flag output() const { return {}; }
    void run() const {}
};

/// A wrapper of a wrapper of a wrapper, `depth` deep.
struct Nest {
    int depth = 0;
    static constexpr freshet::TaskKind kind = freshet::TaskKind::wrapper;
    static constexpr Parameter parameters[] = {param<&Nest::depth>("how deep")};
    std::vector<AnyTask> requirements() const {
        if (depth == 0) return {Leaf{.made = true}};
        return {Nest{.depth = depth - 1}};
    }
};

struct Nothing {
    std::vector<Flag> output() const { return {}; }
    void run() const {}
};

struct Pair {
    std::tuple<Flag, std::vector<Flag>> output() const { return {Flag{true}, {Flag{true}, Flag{false}}}; }
    void run() const {}
};

}  // namespace

TEST_CASE("parameters are named as the members are", "[task]") {
    const AnyTask task = Leaf{.number = 7};
    CHECK(task.values() == freshet::Values{{"number", "7"}, {"made", "False"}});
    CHECK(task.description() == "Leaf(number=7)");
}

TEST_CASE("a description omits defaults except for required parameters", "[task]") {
    CHECK(AnyTask(Leaf{}).description() == "Leaf()");
    CHECK(AnyTask(Login{.user = ""}).description() == "site.Login(user=)");
}

TEST_CASE("two tasks are equal when they differ in insignificant parameters only", "[task]") {
    CHECK(AnyTask(Leaf{.number = 1, .made = true}) == AnyTask(Leaf{.number = 1, .made = false}));
    CHECK_FALSE(AnyTask(Leaf{.number = 1}) == AnyTask(Leaf{.number = 2}));
}

TEST_CASE("a secret is neither in the id nor in the values, a hidden value not in the id", "[task]") {
    const AnyTask task = Login{.user = "ann"};
    CHECK(task.values() == freshet::Values{{"user", "ann"}, {"note", "n"}});
    CHECK(task.id() == AnyTask(Login{.user = "ann", .password = "other", .note = "m"}).id());
    CHECK(task.id().starts_with("site.Login_ann_"));
}

TEST_CASE("priority, resources and timeout are members of the class", "[task]") {
    const auto policy = AnyTask(Login{.user = "ann"}).policy();
    CHECK(policy.priority == 2.5);
    CHECK(policy.resources == freshet::Resources{{"db", 1}});
    CHECK(policy.timeout == std::chrono::seconds(90));
    CHECK(freshet::TaskType::of<Login>().isolation == freshet::Isolation::process);
}

TEST_CASE("a wrapper is complete when all it requires is", "[task]") {
    CHECK(AnyTask(Both{.made = true}).complete());
    CHECK_FALSE(AnyTask(Both{.made = false}).complete());
    CHECK(AnyTask(Both{}).requirements().size() == 2);
}

TEST_CASE("wrappers nest 100,000 deep without recursion", "[task]") { CHECK(AnyTask(Nest{100'000}).complete()); }

TEST_CASE("a task without outputs is never complete", "[task]") { CHECK_FALSE(AnyTask(Nothing{}).complete()); }

TEST_CASE("a task with several outputs is complete when all of them exist", "[task]") {
    CHECK_FALSE(AnyTask(Pair{}).complete());
    CHECK(AnyTask(Pair{}).outputs().size() == 3);
}

TEST_CASE("a task is made again from the text of its parameters", "[task]") {
    const auto registry = freshet::Registry::of<Leaf, Login>();
    const AnyTask task = Leaf{.number = 3, .made = true};
    CHECK(registry.make("Leaf", task.values()).values() == task.values());
}

TEST_CASE("a task that cannot be made is an error with family, parameter and reason", "[task]") {
    const auto registry = freshet::Registry::of<Leaf, Login>();
    CHECK_THROWS_WITH(registry.make("Leef", {}), "there is no task called 'Leef'; did you mean 'Leaf'?");
    CHECK_THROWS_WITH(registry.make("Leaf", {{"numbr", "1"}}), "Leaf has no parameter 'numbr'; did you mean 'number'?");
    CHECK_THROWS_WITH(registry.make("Leaf", {{"number", "x"}}), "Leaf --number: 'x' is not a whole number");
    CHECK_THROWS_WITH(registry.make("site.Login", {}), "site.Login --user: must be given");
    CHECK_THROWS_WITH((freshet::Registry::of<Leaf, Leaf>()), "two tasks are called 'Leaf'");
}

TEST_CASE("a task has the parameters of its base and its own", "[task]") {
    const auto& type = freshet::TaskType::of<Survey>();
    std::vector<std::string_view> names;
    for (const Parameter& p : type.parameters) names.push_back(p.name);
    CHECK(names == std::vector<std::string_view>{"city", "district", "year", "loud"});
    CHECK(AnyTask(Survey{{.city = "Rome", .district = 2}, 1999}).values() ==
          freshet::Values{{"city", "Rome"}, {"district", "2"}, {"year", "1999"}, {"loud", "False"}});
}

TEST_CASE("text is parsed into the members of a task's base, too", "[task]") {
    const auto& type = freshet::TaskType::of<Survey>();
    CHECK(type.make(type, {{"city", "Rome"}, {"district", "2"}}) == AnyTask(Survey{{.city = "Rome", .district = 2}}));
    CHECK_THROWS_WITH(type.make(type, {{"year", "1999"}}), Catch::Contains("--city: must be given"));
}

TEST_CASE("a requirement takes over the parameters that it has in common with the task", "[task]") {
    const AnyTask report = Report{{.city = "Rome", .district = 2}, 1999};
    CHECK(report.requirements() == std::vector<AnyTask>{Survey{{.city = "Rome", .district = 2}, 1999}});
}
