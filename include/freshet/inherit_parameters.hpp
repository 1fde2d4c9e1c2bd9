// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/parameter.hpp"

#include <array>
#include <cstddef>
#include <iterator>
#include <span>
#include <utility>

namespace freshet {

namespace detail {

/// The number of an aggregate's members when all its parameters are listed; its base counts as one.
constexpr std::size_t listed_members(std::span<const Parameter> parameters) {
    std::size_t own = 0;
    for (const Parameter& p : parameters) own += p.is_inherited ? 0 : 1;
    return own + (own < parameters.size() ? 1 : 0);
}

/// The part of a Task that has the I-th parameter of its base: the base, or a base of that.
template <class Base, class Task, std::size_t I>
void* owner_object_in(void* task) {
    return Base::parameters[I].owner_object(static_cast<Base*>(static_cast<Task*>(task)));
}

}  // namespace detail

/// The parameters of a task whose class has a base, which may have one itself: those that the base lists in its own
/// `parameters`, then `own`.
template <class Base, class Task, class... Own>
constexpr auto inherit_parameters(Own... own) {
    static_assert(detail::member_count<Base>() == detail::listed_members(Base::parameters),
                  "every data member of a base of tasks must be named in its `parameters`");
    std::array<Parameter, std::size(Base::parameters) + sizeof...(Own)> all{};
    std::size_t next = 0;
    const auto inherit = [&](Parameter p, void* (*owner_object)(void*)) {
        p.owner = p.owner == &detail::tag<Base> ? &detail::tag<Task> : nullptr;
        p.owner_object = owner_object;
        p.is_inherited = true;
        all[next++] = p;
    };
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (inherit(Base::parameters[I], &detail::owner_object_in<Base, Task, I>), ...);
    }
    (std::make_index_sequence<std::size(Base::parameters)>{});
    ((all[next++] = own), ...);
    return all;
}

}  // namespace freshet
