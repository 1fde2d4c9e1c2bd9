// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>

// Reflection of member names and counts from the names that compilers give to template instances.
namespace freshet::detail {

template <class C, class V>
C owner_of(V C::*);
template <class C, class V>
V value_of(V C::*);

template <auto Member>
constexpr std::string_view pretty() {
    return __PRETTY_FUNCTION__;
}

/// "... Member = &gfs::Download::hour]" or "...hour; std::string_view = ..." -> "hour"
template <auto Member>
constexpr std::string_view member_name() {
    std::string_view text = pretty<Member>();
    text = text.substr(0, text.find_first_of(";]", text.find("Member = ")));
    return text.substr(text.rfind("::") + 2);
}

template <class T>
constexpr std::string_view pretty_type() {
    return __PRETTY_FUNCTION__;
}

/// The name of T without its namespaces.
template <class T>
constexpr std::string_view type_name() {
    std::string_view text = pretty_type<T>();
    const auto start = text.find("T = ") + 4;
    text = text.substr(start, text.find_first_of(";]", start) - start);
    const auto colon = text.rfind("::");
    return colon == text.npos ? text : text.substr(colon + 2);
}

struct Anything {
    template <class T>
    operator T() const;  // never defined: only asked about
};

template <class T, std::size_t... I>
constexpr bool initialisable_from(std::index_sequence<I...>) {
    return requires { T{(void(I), std::declval<Anything>())...}; };
}

/// The number of data members of the aggregate T.
template <class T, std::size_t N = 0>
constexpr std::size_t member_count() {
    if constexpr (initialisable_from<T>(std::make_index_sequence<N + 1>{}))
        return member_count<T, N + 1>();
    else
        return N;
}

/// Its address stands for T.
template <class T>
inline constexpr char tag = 0;

}  // namespace freshet::detail
