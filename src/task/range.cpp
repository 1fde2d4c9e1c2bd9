// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/range.hpp"

#include "freshet/text.hpp"
#include "task/configured_values.hpp"
#include "task/range_scope.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <utility>

namespace freshet {

namespace {

using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month;

/// The place of a value in the order of all values of its type: days since 1970, months since year 0, the number
/// itself.
using Ordinal = std::int64_t;

/// A type of parameters that can be counted through.
struct Countable {
    const void* value_type;
    std::string_view noun;
    Ordinal (*read)(std::string_view text);  ///< throws ParameterError
    std::string (*write)(Ordinal ordinal);
};

template <class V>
constexpr Countable time_point(std::string_view noun) {
    return {&detail::tag<V>, noun,
            [](std::string_view text) -> Ordinal { return Codec<V>::read(text).time_since_epoch().count(); },
            [](Ordinal ordinal) { return Codec<V>::write(V(typename V::duration(ordinal))); }};
}

template <class V>
constexpr Countable integer() {
    return {&detail::tag<V>, "integer",
            [](std::string_view text) -> Ordinal {
                const V value = Codec<V>::read(text);
                if (std::cmp_greater(value, std::numeric_limits<Ordinal>::max()))
                    throw ParameterError(fmt::format("'{}' is too large for a range", text));
                return static_cast<Ordinal>(value);
            },
            [](Ordinal ordinal) { return std::to_string(ordinal); }};
}

Ordinal ordinal_of(year_month month) { return 12 * Ordinal(int(month.year())) + unsigned(month.month()) - 1; }

year_month month_of(Ordinal ordinal) {
    const Ordinal years = (ordinal >= 0 ? ordinal : ordinal - 11) / 12;
    return year(static_cast<int>(years)) / std::chrono::month(static_cast<unsigned>(ordinal - 12 * years + 1));
}

constexpr Countable countables[] = {
    time_point<sys_days>("day"),
    time_point<DateHour>("hour"),
    time_point<DateMinute>("minute"),
    {&detail::tag<year_month>, "month", [](std::string_view text) { return ordinal_of(Codec<year_month>::read(text)); },
     [](Ordinal ordinal) { return Codec<year_month>::write(month_of(ordinal)); }},
    {&detail::tag<year>, "year", [](std::string_view text) -> Ordinal { return int(Codec<year>::read(text)); },
     [](Ordinal ordinal) { return Codec<year>::write(year(static_cast<int>(ordinal))); }},
    integer<signed char>(),
    integer<unsigned char>(),
    integer<short>(),
    integer<unsigned short>(),
    integer<int>(),
    integer<unsigned>(),
    integer<long>(),
    integer<unsigned long>(),
    integer<long long>(),
    integer<unsigned long long>()};

const Countable* countable_of(const Parameter& parameter) {
    const auto found = std::ranges::find(countables, parameter.value_type, &Countable::value_type);
    return found == std::end(countables) ? nullptr : &*found;
}

bool is_integer(const Parameter& parameter) {
    const Countable* countable = countable_of(parameter);
    return countable && countable->noun == "integer";
}

bool is_of_type(const Parameter& parameter, const void* value_type) { return parameter.value_type == value_type; }

template <class Matches>
std::vector<const Parameter*> parameters_where(const TaskType& type, Matches matches) {
    std::vector<const Parameter*> found;
    for (const Parameter& parameter : type.parameters)
        if (matches(parameter)) found.push_back(&parameter);
    return found;
}

/// The only parameter that matches, or the one of that name.
template <class Matches>
const Parameter& only_parameter(const TaskType& type, std::string_view name, std::string_view noun, Matches matches) {
    if (!name.empty()) {
        const auto found = std::ranges::find(type.parameters, name, &Parameter::name);
        if (found != type.parameters.end()) return *found;
        throw ParameterError(fmt::format("{} has no parameter '{}'", type.family, name));
    }
    const auto found = parameters_where(type, matches);
    if (found.size() == 1) return *found.front();
    if (found.empty()) throw ParameterError(fmt::format("{} has no parameter that is {}", type.family, noun));
    throw ParameterError(
        fmt::format("{} has several parameters that are {}, '{}' and '{}': say which with --param-name", type.family,
                    noun, found[0]->name, found[1]->name));
}

std::string text_of(const Json& value) {
    if (value.is_string()) return value.as_string();
    if (value.is_bool()) return value.as_bool() ? "True" : "False";
    if (value.is_null()) return "None";
    return value.python_text();
}

/// The tasks of one class that differ in one parameter.
class Series {
public:
    Series(const TaskClass& of, const TaskArguments& of_params, const Parameter& parameter)
        : of_(of), parameter_(parameter) {
        for (const auto& [name, value] : of_params.values()) values_[name] = text_of(value);
    }

    AnyTask task(std::string value) {
        values_.insert_or_assign(std::string(parameter_.name), std::move(value));
        return of_.make(values_);
    }

private:
    TaskClass of_;
    const Parameter& parameter_;
    Values values_;
};

const TaskType& required_type(const TaskClass& of) {
    if (!of.type()) throw ParameterError("a range needs the class of its tasks: --of TASK");
    return *of.type();
}

/// More tasks than anybody means to have in one plan: a typing error.
constexpr Ordinal max_tasks = 1'000'000;

/// The ordinals of a range: [begin, end) in steps.
struct Span {
    Ordinal begin, end, step = 1;

    std::vector<Ordinal> values() const {
        if ((end - begin) / step > max_tasks)
            throw ParameterError(fmt::format("a range of {} tasks is longer than {}", (end - begin) / step, max_tasks));
        std::vector<Ordinal> all;
        for (Ordinal ordinal = begin; ordinal < end; ordinal += step) all.push_back(ordinal);
        return all;
    }
};

/// A range as Luigi's classes have it, with instants as ordinals.
struct LuigiRange {
    const void* value_type;
    std::string_view noun;
    std::string (*write)(Ordinal ordinal);
    std::optional<Ordinal> start, stop;
    Ordinal earliest, latest;  ///< bounds that move with the current time
    Ordinal interval = 1;
};

thread_local const detail::RangeScope::RunsAgain* current_runs_again = nullptr;

/// The tasks of a range of Luigi's that are to run, the first or the last of them.
template <class R>
std::vector<AnyTask> missing_tasks(const R& range, const LuigiRange& luigi) {
    if (!luigi.start && !luigi.stop) throw ParameterError("at least one of --start and --stop needs to be specified");
    if (!luigi.start && !range.reverse)
        throw ParameterError("either --start needs to be specified or --reverse needs to be given");
    if (luigi.start && luigi.stop && *luigi.start > *luigi.stop) throw ParameterError("--start is after --stop");
    const TaskType& type = required_type(range.of);
    const Parameter& parameter = only_parameter(type, range.param_name ? *range.param_name : std::string(), luigi.noun,
                                                [&](const Parameter& p) { return is_of_type(p, luigi.value_type); });
    const Ordinal begin = std::max(luigi.start.value_or(luigi.earliest), luigi.earliest);
    const Ordinal offset = (begin % luigi.interval + luigi.interval) % luigi.interval;
    const Span span{.begin = offset == 0 ? begin : begin + luigi.interval - offset,
                    .end = std::min(luigi.stop.value_or(luigi.latest), luigi.latest),
                    .step = luigi.interval};
    Series series(range.of, range.of_params, parameter);
    std::vector<AnyTask> all;
    for (const Ordinal ordinal : span.values()) all.push_back(series.task(luigi.write(ordinal)));
    const std::vector<bool> complete = AnyTask::complete(all);
    std::vector<AnyTask> missing;
    for (std::size_t i = 0; i < all.size(); ++i)
        if (!complete[i] || (current_runs_again && (*current_runs_again)(all[i]))) missing.push_back(all[i]);
    const auto surplus = static_cast<std::ptrdiff_t>(missing.size()) - std::max(range.task_limit, 0);
    if (range.reverse) std::ranges::reverse(missing);
    if (surplus > 0) missing.erase(missing.end() - surplus, missing.end());
    return missing;
}

template <class V>
std::optional<Ordinal> ordinal_of(const OrNone<V>& value) {
    if (!value) return std::nullopt;
    if constexpr (std::is_same_v<V, year_month>)
        return ordinal_of(*value);
    else
        return (*value).time_since_epoch().count();
}

Time now_of(const OrNone<long long>& now) { return now ? Time(std::chrono::seconds(*now)) : SystemClock().now(); }

/// A range of a type that is a time point, from so long before now to so long after.
template <class V, class R>
LuigiRange clock_range(const R& range, std::string_view noun, int back, int forward) {
    const Ordinal now = std::chrono::ceil<typename V::duration>(now_of(range.now)).time_since_epoch().count();
    return {.value_type = &detail::tag<V>,
            .noun = noun,
            .write = [](Ordinal ordinal) { return Codec<V>::write(V(typename V::duration(ordinal))); },
            .start = ordinal_of(range.start),
            .stop = ordinal_of(range.stop),
            .earliest = now - back,
            .latest = now + forward};
}

/// The classes of ranges, and the type of parameter that a task must have for each; null: any countable one.
struct RangeClass {
    const TaskType& (*type)();
    const void* value_type;
};

constexpr RangeClass range_classes[] = {{&TaskType::of<RangeDaily>, &detail::tag<sys_days>},
                                        {&TaskType::of<RangeHourly>, &detail::tag<DateHour>},
                                        {&TaskType::of<RangeByMinutes>, &detail::tag<DateMinute>},
                                        {&TaskType::of<RangeMonthly>, &detail::tag<year_month>},
                                        {&TaskType::of<Range>, nullptr}};

}  // namespace

TaskArguments Codec<TaskArguments>::read(std::string_view text) {
    try {
        return Json::parse(text).as_object();
    } catch (const Error& error) {
        throw ParameterError(fmt::format("'{}' is not an object like {}: {}", text, example, error.what()));
    }
}

std::vector<AnyTask> Range::requirements() const {
    const Parameter& parameter = detail::ranged_parameter(required_type(of), param_name ? *param_name : std::string());
    const Countable* countable = countable_of(parameter);
    if (!countable)
        throw ParameterError(
            fmt::format("{} --{} is neither a date, a time nor an integer", of.type()->family, parameter.name));
    if (step < 1) throw ParameterError(fmt::format("Range --step: {} is not above 0", step));
    const Span span{.begin = countable->read(start), .end = countable->read(stop), .step = step};
    if (span.begin > span.end) throw ParameterError(fmt::format("a range from {} to {} is not one", start, stop));
    Series series(of, of_params, parameter);
    std::vector<AnyTask> tasks;
    for (const Ordinal ordinal : span.values()) tasks.push_back(series.task(countable->write(ordinal)));
    if (reverse) std::ranges::reverse(tasks);
    return tasks;
}

std::vector<AnyTask> RangeDaily::requirements() const {
    return missing_tasks(*this, clock_range<sys_days>(*this, "a day", days_back, days_forward));
}

std::vector<AnyTask> RangeHourly::requirements() const {
    return missing_tasks(*this, clock_range<DateHour>(*this, "an hour", hours_back, hours_forward));
}

std::vector<AnyTask> RangeByMinutes::requirements() const {
    if (minutes_interval < 1 || minutes_interval >= 60 || 60 % minutes_interval != 0)
        throw ParameterError(fmt::format("--minutes-interval {} does not evenly divide 60", minutes_interval));
    LuigiRange range = clock_range<DateMinute>(*this, "a minute", minutes_back, minutes_forward);
    range.interval = minutes_interval;
    return missing_tasks(*this, range);
}

std::vector<AnyTask> RangeMonthly::requirements() const {
    const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(now_of(now)));
    const Ordinal month = ordinal_of(today.year() / today.month());
    return missing_tasks(*this, {.value_type = &detail::tag<year_month>,
                                 .noun = "a month",
                                 .write = [](Ordinal ordinal) { return Codec<year_month>::write(month_of(ordinal)); },
                                 .start = ordinal_of(start),
                                 .stop = ordinal_of(stop),
                                 .earliest = month - months_back,
                                 .latest = month + months_forward});
}

namespace detail {

RangeScope::RangeScope(const RunsAgain& runs_again) : outer_(std::exchange(current_runs_again, &runs_again)) {}
RangeScope::~RangeScope() { current_runs_again = outer_; }

std::vector<const TaskType*> ranges_for(const std::vector<const TaskType*>& types) {
    std::vector<const TaskType*> ranges;
    for (const RangeClass& range : range_classes) {
        const TaskType& type = range.type();
        const auto fits = [&](const Parameter& p) {
            return range.value_type ? is_of_type(p, range.value_type) : countable_of(p) != nullptr;
        };
        const bool is_taken = std::ranges::any_of(types, [&](const TaskType* t) { return t->family == type.family; });
        if (!is_taken &&
            std::ranges::any_of(types, [&](const TaskType* t) { return std::ranges::any_of(t->parameters, fits); }))
            ranges.push_back(&type);
    }
    return ranges;
}

bool is_range(const TaskType& type) {
    return std::ranges::any_of(range_classes, [&](const RangeClass& range) { return &range.type() == &type; });
}

const Parameter& ranged_parameter(const TaskType& type, std::string_view name) {
    const auto is_date = [](const Parameter& p) { return countable_of(p) && !is_integer(p); };
    if (!name.empty() || !parameters_where(type, is_date).empty())
        return only_parameter(type, name, "a date or a time", is_date);
    return only_parameter(type, name, "a date, a time or an integer", &is_integer);
}

}  // namespace detail
}  // namespace freshet
