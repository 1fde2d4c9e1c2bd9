// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/json.hpp"
#include "freshet/task.hpp"
#include "freshet/task_class.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Wrappers that require the tasks of one class for a range of dates or numbers. Every program with such a class has
// them, under Luigi's names and with Luigi's ids:
//
//   PROGRAM run RangeDaily --of DailyReport --start 2026-01-01
//
// In code: freshet::RangeDaily{.of = freshet::TaskClass::of<DailyReport>(), .start = day}.
namespace freshet {

/// Values of parameters by name, in order, as JSON (Luigi's DictParameter): {"region": "eu", "size": 3}.
class TaskArguments {
public:
    TaskArguments() = default;
    TaskArguments(Json::Object values) : values_(std::move(values)) {}

    /// The values by name.
    const Json::Object& values() const& { return values_; }
    /// The values by name.
    Json::Object values() && { return std::move(values_); }

    friend bool operator==(const TaskArguments&, const TaskArguments&) = default;

private:
    Json::Object values_{};
};

template <>
struct Codec<TaskArguments> {
    static constexpr std::string_view example = R"({"name": "value"})";
    static std::string write(const TaskArguments& value) { return Json(value.values()).python_text(); }
    static TaskArguments read(std::string_view text);
};

/// A value or none, which is written as "None", as Luigi does.
template <ParameterValue T>
class OrNone {
public:
    OrNone() = default;
    OrNone(T value) : value_(std::move(value)) {}

    explicit operator bool() const { return value_.has_value(); }
    const T& operator*() const { return *value_; }

    friend bool operator==(const OrNone&, const OrNone&) = default;

private:
    std::optional<T> value_{};
};

template <ParameterValue T>
struct Codec<OrNone<T>> {
    static constexpr std::string_view example = Codec<T>::example;
    static std::string write(const OrNone<T>& value) { return value ? Codec<T>::write(*value) : "None"; }
    static OrNone<T> read(std::string_view text) {
        if (text.empty() || text == "None") return {};
        return Codec<T>::read(text);
    }
};

/// The tasks of a class for every value from `start` to before `stop`: of its only parameter that is a DateMinute, a
/// DateHour, a day, a month, a year or an integer, or of the named one.
struct Range {
    TaskClass of;
    TaskArguments of_params{};
    std::string start;
    std::string stop;
    int step = 1;
    bool reverse = false;
    OrNone<std::string> param_name{};

    static constexpr auto kind = TaskKind::wrapper;
    static constexpr Parameter parameters[] = {
        param<&Range::of>("task name to be completed").required(),
        param<&Range::of_params>("arguments to be provided to the 'of' class when instantiating"),
        param<&Range::start>("first value, inclusive").required(),
        param<&Range::stop>("last value, exclusive").required(),
        param<&Range::step>("every so many values: 6 for the cycles of a parameter with hours"),
        param<&Range::reverse>("newest first"),
        param<&Range::param_name>("parameter that gets the values (default: the only date, time or integer)")};

    std::vector<AnyTask> requirements() const;
};

// Luigi's: the first `task_limit` incomplete tasks, or the last ones with `reverse`, of a range that ends now unless it
// is said otherwise. `start` must be given, or `stop` and `reverse`.

/// Luigi's RangeDaily: of a parameter that is a day.
struct RangeDaily {
    TaskClass of;
    TaskArguments of_params{};
    OrNone<std::chrono::sys_days> start{};
    OrNone<std::chrono::sys_days> stop{};
    bool reverse = false;
    int task_limit = 50;
    OrNone<long long> now{};
    OrNone<std::string> param_name{};
    int days_back = 100;
    int days_forward = 0;

    static constexpr auto kind = TaskKind::wrapper;
    static constexpr Parameter parameters[] = {
        param<&RangeDaily::of>("task name to be completed").required(),
        param<&RangeDaily::of_params>("arguments to be provided to the 'of' class when instantiating"),
        param<&RangeDaily::start>("beginning date, inclusive; none: work backward forever (requires --reverse)"),
        param<&RangeDaily::stop>("ending date, exclusive; none: work forward forever"),
        param<&RangeDaily::reverse>("newest first"),
        param<&RangeDaily::task_limit>("how many of 'of' tasks to require"),
        param<&RangeDaily::now>("overrides the current time, in seconds since epoch"),
        param<&RangeDaily::param_name>("parameter that gets the values (default: the only day)"),
        param<&RangeDaily::days_back>("how many days before now the range begins at most"),
        param<&RangeDaily::days_forward>("how many days after now the range ends at most")};

    std::vector<AnyTask> requirements() const;
};

/// Luigi's RangeHourly: of a parameter that is a DateHour.
struct RangeHourly {
    TaskClass of;
    TaskArguments of_params{};
    OrNone<DateHour> start{};
    OrNone<DateHour> stop{};
    bool reverse = false;
    int task_limit = 50;
    OrNone<long long> now{};
    OrNone<std::string> param_name{};
    int hours_back = 2400;
    int hours_forward = 0;

    static constexpr auto kind = TaskKind::wrapper;
    static constexpr Parameter parameters[] = {
        param<&RangeHourly::of>("task name to be completed").required(),
        param<&RangeHourly::of_params>("arguments to be provided to the 'of' class when instantiating"),
        param<&RangeHourly::start>("beginning datehour, inclusive; none: work backward forever (requires --reverse)"),
        param<&RangeHourly::stop>("ending datehour, exclusive; none: work forward forever"),
        param<&RangeHourly::reverse>("newest first"),
        param<&RangeHourly::task_limit>("how many of 'of' tasks to require"),
        param<&RangeHourly::now>("overrides the current time, in seconds since epoch"),
        param<&RangeHourly::param_name>("parameter that gets the values (default: the only hour)"),
        param<&RangeHourly::hours_back>("how many hours before now the range begins at most"),
        param<&RangeHourly::hours_forward>("how many hours after now the range ends at most")};

    std::vector<AnyTask> requirements() const;
};

/// Luigi's RangeByMinutes: of a parameter that is a DateMinute.
struct RangeByMinutes {
    TaskClass of;
    TaskArguments of_params{};
    OrNone<DateMinute> start{};
    OrNone<DateMinute> stop{};
    bool reverse = false;
    int task_limit = 50;
    OrNone<long long> now{};
    OrNone<std::string> param_name{};
    int minutes_back = 1440;
    int minutes_forward = 0;
    int minutes_interval = 1;

    static constexpr auto kind = TaskKind::wrapper;
    static constexpr Parameter parameters[] = {
        param<&RangeByMinutes::of>("task name to be completed").required(),
        param<&RangeByMinutes::of_params>("arguments to be provided to the 'of' class when instantiating"),
        param<&RangeByMinutes::start>("beginning minute, inclusive; none: work backward forever (requires --reverse)"),
        param<&RangeByMinutes::stop>("ending minute, exclusive; none: work forward forever"),
        param<&RangeByMinutes::reverse>("newest first"),
        param<&RangeByMinutes::task_limit>("how many of 'of' tasks to require"),
        param<&RangeByMinutes::now>("overrides the current time, in seconds since epoch"),
        param<&RangeByMinutes::param_name>("parameter that gets the values (default: the only minute)"),
        param<&RangeByMinutes::minutes_back>("how many minutes before now the range begins at most"),
        param<&RangeByMinutes::minutes_forward>("how many minutes after now the range ends at most"),
        param<&RangeByMinutes::minutes_interval>("separation between tasks in minutes; it must evenly divide 60")};

    std::vector<AnyTask> requirements() const;
};

/// Luigi's RangeMonthly: of a parameter that is a month.
struct RangeMonthly {
    TaskClass of;
    TaskArguments of_params{};
    OrNone<std::chrono::year_month> start{};
    OrNone<std::chrono::year_month> stop{};
    bool reverse = false;
    int task_limit = 50;
    OrNone<long long> now{};
    OrNone<std::string> param_name{};
    int months_back = 13;
    int months_forward = 0;

    static constexpr auto kind = TaskKind::wrapper;
    static constexpr Parameter parameters[] = {
        param<&RangeMonthly::of>("task name to be completed").required(),
        param<&RangeMonthly::of_params>("arguments to be provided to the 'of' class when instantiating"),
        param<&RangeMonthly::start>("beginning month, inclusive; none: work backward forever (requires --reverse)"),
        param<&RangeMonthly::stop>("ending month, exclusive; none: work forward forever"),
        param<&RangeMonthly::reverse>("newest first"),
        param<&RangeMonthly::task_limit>("how many of 'of' tasks to require"),
        param<&RangeMonthly::now>("overrides the current time, in seconds since epoch"),
        param<&RangeMonthly::param_name>("parameter that gets the values (default: the only month)"),
        param<&RangeMonthly::months_back>("how many months before now the range begins at most"),
        param<&RangeMonthly::months_forward>("how many months after now the range ends at most")};

    std::vector<AnyTask> requirements() const;
};

namespace detail {

/// The classes above for which one of `types` has a parameter, without families that `types` has, too.
std::vector<const TaskType*> ranges_for(const std::vector<const TaskType*>& types);

/// True for the classes above.
bool is_range(const TaskType& type);

/// The parameter of a class that a Range gives values to: the named one, or the only date, time or integer. Throws
/// ParameterError when there is none, or more than one.
const Parameter& ranged_parameter(const TaskType& type, std::string_view name = {});

}  // namespace detail
}  // namespace freshet
