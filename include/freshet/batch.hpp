// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

/// Batch methods (Luigi's batch_method): they make one value of those of several tasks that run as one. Any function
/// that takes a const std::vector<V>& of the member's type V, and returns a V, is one: &Load::hull.
//
//   static constexpr freshet::Parameter parameters[] = {
//       freshet::param<&Load::file, freshet::batch::comma_list>("what to load")};
namespace freshet::batch {

/// The method of comma_list.
struct CommaList {
    std::string operator()(const std::vector<std::string>& texts) const {
        std::string list;
        for (const std::string& text : texts) list.append(list.empty() ? "" : ",").append(text);
        return list;
    }
    template <class T>
    std::vector<T> operator()(const std::vector<std::vector<T>>& lists) const {
        std::vector<T> list;
        for (const std::vector<T>& one : lists) list.insert(list.end(), one.begin(), one.end());
        return list;
    }
};
/// Texts with commas between them; lists one after the other.
inline constexpr CommaList comma_list{};

/// The method of max.
struct Max {
    template <class V>
    V operator()(const std::vector<V>& values) const {
        V greatest = values.front();
        for (const V& value : values)
            if (greatest < value) greatest = value;
        return greatest;
    }
};
/// The greatest value.
inline constexpr Max max{};

/// The method of min.
struct Min {
    template <class V>
    V operator()(const std::vector<V>& values) const {
        V least = values.front();
        for (const V& value : values)
            if (value < least) least = value;
        return least;
    }
};
/// The least value.
inline constexpr Min min{};

}  // namespace freshet::batch
