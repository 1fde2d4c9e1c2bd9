// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/inherit_parameters.hpp"
#include "freshet/registry.hpp"

#include <catch2/catch.hpp>

using freshet::AnyTask;
using freshet::param;
using freshet::Parameter;

namespace {

struct Place {
    std::string city;
    int district = 1;
    static constexpr Parameter parameters[] = {param<&Place::city>("where").required(),
                                               param<&Place::district>("part of it")};
};

struct Visit : Place {
    int day = 1;
    static constexpr auto parameters =
        freshet::inherit_parameters<Place, Visit>(param<&Visit::day>("of the year").insignificant());
};

struct Interview : Visit {
    std::string whom = "anybody";
    static constexpr auto parameters =
        freshet::inherit_parameters<Visit, Interview>(param<&Interview::whom>("who answers"));
    freshet::LocalTarget output() const { return freshet::LocalTarget("answers"); }
    void run() const {}
};

struct Recorded : Interview {
    static constexpr auto parameters = freshet::inherit_parameters<Interview, Recorded>();
    freshet::LocalTarget output() const { return freshet::LocalTarget("tape"); }
};

}  // namespace

TEST_CASE("a task inherits the parameters of its base and of its base's base", "[task]") {
    const freshet::Values values{{"city", "Ghent"}, {"district", "3"}, {"day", "7"}, {"whom", "Ada"}};
    const auto& type = freshet::TaskType::of<Interview>();
    const AnyTask made = type.make(type, values);
    CHECK(made == AnyTask(Interview{{{.city = "Ghent", .district = 3}, 7}, "Ada"}));
    CHECK(made.values() == values);
}

TEST_CASE("a task may have the parameters of its base only", "[task]") {
    const auto& type = freshet::TaskType::of<Recorded>();
    CHECK(type.make(type, {{"city", "Ghent"}, {"whom", "Ada"}}).values().at("whom") == "Ada");
}

TEST_CASE("the attributes of a parameter apply to the tasks that inherit it", "[task]") {
    const auto& type = freshet::TaskType::of<Interview>();
    CHECK(type.parameters[0].is_required);
    CHECK_FALSE(type.parameters[2].is_significant);
}
