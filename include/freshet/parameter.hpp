// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/codec.hpp"
#include "freshet/detail/names.hpp"

#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace freshet {

/// The visibility of a parameter's value.
enum class Visibility {
    visible,  ///< everybody; part of the task id
    hidden,   ///< the scheduler and its history, not the page; not in the task id
    secret,   ///< nobody but the task (Luigi's PRIVATE, which is a keyword here); not in the task id
};

namespace detail {

/// Reads and writes a data member as text.
struct Access {
    std::string (*write)(const void* object);
    void (*read)(void* object, std::string_view text);  ///< throws ParameterError
};

inline void* identity(void* task) { return task; }

}  // namespace detail

/// One parameter of a task. Its C++ type is known only to its functions, so that the engine, the command line and the
/// scheduler can handle parameters of all tasks with ordinary, non-template code.
struct Parameter {
    std::string_view name;     ///< the name of the data member
    std::string_view help;     ///< one line
    std::string_view example;  ///< a value in text form
    detail::Access access;     ///< to the data member
    /// The batch method, from the values of several tasks to that of the one which runs for them; null: not batched.
    std::string (*combine)(const std::vector<std::string>& texts) = nullptr;
    const void* owner;                                      ///< &detail::tag<T> of the task class T
    const void* value_type = nullptr;                       ///< &detail::tag<V> of the member's type V
    void* (*owner_object)(void* task) = &detail::identity;  ///< the part of the task that has the member
    bool is_inherited = false;                              ///< the member is one of the task's base
    bool is_flag = false;                                   ///< a bool: its option may stand without a value
    bool is_required = false;                               ///< it has no default
    bool is_batched = false;     ///< it has one; constant expressions cannot ask `combine` in a sanitised build
    bool is_significant = true;  ///< it is part of the task id, unless it is hidden or secret
    Visibility visibility = Visibility::visible;  ///< of its value

    /// Has no default: it must be given on the command line or in the configuration.
    constexpr Parameter required() const {
        Parameter p = *this;
        p.is_required = true;
        return p;
    }

    /// Does not change what the task produces, so it is left out of the task id.
    constexpr Parameter insignificant() const {
        Parameter p = *this;
        p.is_significant = false;
        return p;
    }

    /// The value in text form.
    std::string write(const void* task) const { return access.write(owner_object(const_cast<void*>(task))); }
    /// Throws ParameterError when the text is not a value.
    void read(void* task, std::string_view text) const { access.read(owner_object(task), text); }

    /// The scheduler and its history have the value, the page and the task id do not.
    constexpr Parameter hidden() const { return with_visibility(Visibility::hidden); }
    /// Nobody but the task has the value.
    constexpr Parameter secret() const { return with_visibility(Visibility::secret); }

    /// Part of the task id: what makes two tasks of one family different.
    constexpr bool is_in_id() const { return is_significant && visibility == Visibility::visible; }

private:
    constexpr Parameter with_visibility(Visibility who) const {
        Parameter p = *this;
        p.visibility = who;
        return p;
    }
};

/// Parameters in text form, by name.
using Values = std::map<std::string, std::string, std::less<>>;

namespace detail {

template <auto Member>
std::string write_member(const void* object) {
    const auto& value = static_cast<const decltype(owner_of(Member))*>(object)->*Member;
    return Codec<std::remove_cvref_t<decltype(value)>>::write(value);
}

template <auto Member>
void read_member(void* object, std::string_view text) {
    auto& value = static_cast<decltype(owner_of(Member))*>(object)->*Member;
    value = Codec<std::remove_cvref_t<decltype(value)>>::read(text);
}

template <auto Member, auto batch_method>
std::string combine_members(const std::vector<std::string>& texts) {
    using Value = decltype(value_of(Member));
    std::vector<Value> values;
    for (const std::string& text : texts) values.push_back(Codec<Value>::read(text));
    return Codec<Value>::write(batch_method(std::as_const(values)));
}

template <auto Member, auto batch_method>
constexpr decltype(Parameter::combine) combine_function() {
    if constexpr (std::is_null_pointer_v<decltype(batch_method)>) {
        return nullptr;
    } else {
        using Value = decltype(value_of(Member));
        static_assert(std::is_invocable_r_v<Value, decltype(batch_method), const std::vector<Value>&>,
                      "a batch method takes a const std::vector<V>& of the member's type V and returns a V: "
                      "freshet::batch::comma_list, max, min, or a function of yours");
        return &combine_members<Member, batch_method>;
    }
}

template <class V>
constexpr std::string_view example_of() {
    if constexpr (requires { Codec<V>::example; })
        return Codec<V>::example;
    else
        return "value";
}

}  // namespace detail

/// Makes the data member a parameter, named as the member is. With a batch method (freshet/batch.hpp), tasks that
/// differ in it only may run as one.
template <auto Member, auto batch_method = nullptr>
constexpr Parameter param(std::string_view help) {
    using Value = decltype(detail::value_of(Member));
    static_assert(ParameterValue<Value>,
                  "this member cannot be a task parameter: specialise freshet::Codec for its type");
    return {.name = detail::member_name<Member>(),
            .help = help,
            .example = detail::example_of<Value>(),
            .access = {&detail::write_member<Member>, &detail::read_member<Member>},
            .combine = detail::combine_function<Member, batch_method>(),
            .owner = &detail::tag<decltype(detail::owner_of(Member))>,
            .value_type = &detail::tag<Value>,
            .is_flag = std::is_same_v<Value, bool>,
            .is_batched = !std::is_null_pointer_v<decltype(batch_method)>};
}

}  // namespace freshet
