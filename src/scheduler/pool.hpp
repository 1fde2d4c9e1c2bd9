// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <utility>

namespace freshet::scheduler {

/// Keeps equal values once, for as long as somebody holds them: a million tasks share few names, lists of workers and
/// demands, and equality of two of them is equality of pointers. Must outlive what it hands out.
template <class T>
class Pool {
public:
    using Ref = std::shared_ptr<const T>;

    Pool() = default;
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    Ref get(const T& value) {
        const auto found = values_.find(value);
        if (found != values_.end()) return found->second.lock();
        const auto added = values_.emplace(value, std::weak_ptr<const T>()).first;
        Ref ref(&added->first, [this, added](const T*) { values_.erase(added); });
        added->second = ref;
        return ref;
    }

    /// Null when nobody holds such a value.
    Ref find(const T& value) const {
        const auto found = values_.find(value);
        return found == values_.end() ? Ref() : found->second.lock();
    }

    std::size_t size() const { return values_.size(); }

private:
    std::map<T, std::weak_ptr<const T>> values_;
};

}  // namespace freshet::scheduler
