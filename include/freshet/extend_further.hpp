// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/detail/task_traits.hpp"
#include "freshet/parameter.hpp"

#include <array>
#include <iterator>
#include <utility>

namespace freshet {

namespace detail {

/// The part of a Task that has the I-th parameter of its base: a base of the base, or the base itself.
template <class Base, class Task, std::size_t I>
void* holder_in(void* task) {
    return Base::parameters[I].holder(static_cast<Base*>(static_cast<Task*>(task)));
}

}  // namespace detail

/// As extend(), for a base that has a base of its own.
template <class Base, class Task, class... Own>
constexpr auto extend_further(Own... own) {
    static_assert(detail::member_count<Base>() == detail::told_members(Base::parameters),
                  "every data member of a base of tasks must be named in its `parameters`");
    std::array<Parameter, std::size(Base::parameters) + sizeof...(Own)> all{};
    std::size_t next = 0;
    const auto inherit = [&](Parameter p, void* (*holder)(void*)) {
        p.owner = p.owner == &detail::tag<Base> ? &detail::tag<Task> : nullptr;
        p.holder = holder;
        p.is_inherited = true;
        all[next++] = p;
    };
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (inherit(Base::parameters[I], &detail::holder_in<Base, Task, I>), ...);
    }(std::make_index_sequence<std::size(Base::parameters)>{});
    ((all[next++] = own), ...);
    return all;
}

}  // namespace freshet
