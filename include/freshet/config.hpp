// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/detail/task_traits.hpp"
#include "freshet/parameter.hpp"

#include <memory>
#include <span>
#include <string_view>
#include <type_traits>

// Values that several classes of tasks share and that are no parameters of theirs: a section of the configuration of
// its own (Luigi's Config). A struct that names its section, and its members as a task names its parameters:
//
//   struct Database {
//       std::string host = "localhost";
//       std::string password;
//
//       static constexpr std::string_view section = "database";
//       static constexpr freshet::Parameter parameters[] = {
//           freshet::param<&Database::host>("where it is"), freshet::param<&Database::password>("its").secret()};
//   };
//
// is given to the program like a class of tasks, command_line<Load, Database>(...), and read in the code of tasks:
// freshet::config<Database>().host.
namespace freshet {

/// A struct whose members are the values of a section of the configuration.
template <class T>
concept ConfigStruct = requires {
    typename std::bool_constant<(std::string_view(T::section).size() > 0)>;
    T::parameters;
}
&&!detail::Runs<T>;

/// The type-erased description of a ConfigStruct.
struct SectionType {
    std::string_view name;                  ///< in the configuration
    std::span<const Parameter> parameters;  ///< in their order
    const void* (*defaults)();              ///< a struct whose every member has its default
    std::shared_ptr<void> (*make)();        ///< another one

    /// The description of the struct T, which is checked.
    template <ConfigStruct T>
    static const SectionType& of();
};

namespace detail {

/// Sets the members of `values` that the configuration of the task whose code this thread runs has.
void read_section(const SectionType& type, void* values);

}  // namespace detail

/// The values of the section: the configuration's, else the members' defaults. For the code of a task that the engine
/// calls, on the engine's thread; the values do not stand in task ids. Throws ConfigError for a value that is required
/// and not there, Error elsewhere and for a struct that was not given to the program.
template <ConfigStruct T>
T config() {
    T values{};
    detail::read_section(SectionType::of<T>(), &values);
    return values;
}

template <ConfigStruct T>
const SectionType& SectionType::of() {
    static_assert(std::is_aggregate_v<T>, "a section must be an aggregate: no constructors, no private members");
    static_assert(detail::owns_all<T>(detail::parameters_of<T>()), "`parameters` names a member of another class");
    static_assert(detail::all_distinct(detail::parameters_of<T>()), "`parameters` names a member twice");
    static_assert(detail::member_count<T>() == detail::parameters_of<T>().size(),
                  "every data member of a section must be named in its `parameters`");
    static constexpr SectionType type{.name = T::section,
                                      .parameters = detail::parameters_of<T>(),
                                      .defaults = []() -> const void* {
                                          static const T values{};
                                          return &values;
                                      },
                                      .make = []() -> std::shared_ptr<void> { return std::make_shared<T>(); }};
    return type;
}

}  // namespace freshet
