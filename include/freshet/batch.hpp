// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

// Batch methods (Luigi's batch_method): they make one value of those of several tasks that run as one.
//
//   static constexpr freshet::Parameter parameters[] = {
//       freshet::param<&Load::file, freshet::batch::comma_list>("what to load")};
//
// Any function that takes a const std::vector<V>& of the member's type V, and returns a V, is one: &Load::hull.
namespace freshet::batch {

/// Texts with commas between them; lists one after the other.
inline constexpr struct CommaList {
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
} comma_list{};

/// The greatest value.
inline constexpr struct Max {
    template <class V>
    V operator()(const std::vector<V>& values) const {
        V greatest = values.front();
        for (const V& value : values)
            if (greatest < value) greatest = value;
        return greatest;
    }
} max{};

/// The least value.
inline constexpr struct Min {
    template <class V>
    V operator()(const std::vector<V>& values) const {
        V least = values.front();
        for (const V& value : values)
            if (value < least) least = value;
        return least;
    }
} min{};

}  // namespace freshet::batch
