// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <map>
#include <utility>

namespace freshet::scheduler {

/// Stores equal values once, reference-counted: a million tasks share few names, worker sets and resource requests, and
/// equal values of one interner are equal pointers. Must outlive its references. Not thread-safe: counts are plain
/// integers, and a reference is one pointer, of which a task has a dozen.
template <class T>
class Interner {
    struct Count;
    using Values = std::map<T, Count>;

    struct Count {
        Interner* interner = nullptr;
        typename Values::iterator self{};
        std::size_t references = 0;
    };

public:
    /// Shared reference to an interned value, or null.
    class Interned {
    public:
        Interned() = default;
        Interned(std::nullptr_t) {}
        Interned(const Interned& other) : entry_(other.entry_) {
            if (entry_) ++entry_->second.references;
        }
        Interned(Interned&& other) noexcept : entry_(std::exchange(other.entry_, nullptr)) {}
        Interned& operator=(Interned other) noexcept {
            std::swap(entry_, other.entry_);
            return *this;
        }
        ~Interned() {
            if (entry_ && --entry_->second.references == 0) entry_->second.interner->values_.erase(entry_->second.self);
        }

        const T* get() const { return entry_ ? &entry_->first : nullptr; }
        const T& operator*() const { return entry_->first; }
        const T* operator->() const { return &entry_->first; }
        explicit operator bool() const { return entry_ != nullptr; }

        friend bool operator==(const Interned& a, const Interned& b) { return a.entry_ == b.entry_; }
        friend auto operator<=>(const Interned& a, const Interned& b) {
            return std::compare_three_way{}(a.entry_, b.entry_);
        }

    private:
        friend class Interner;
        explicit Interned(typename Values::value_type& entry) : entry_(&entry) { ++entry.second.references; }

        typename Values::value_type* entry_ = nullptr;
    };

    Interner() = default;
    Interner(const Interner&) = delete;
    Interner& operator=(const Interner&) = delete;

    /// Returns the stored equal of `value`, adding it if necessary.
    Interned intern(const T& value) {
        const auto [found, added] = values_.try_emplace(value);
        if (added) {
            found->second.interner = this;
            found->second.self = found;
        }
        return Interned(*found);
    }

    /// Null when no reference to such a value exists.
    Interned find(const T& value) const {
        const auto found = values_.find(value);
        return found == values_.end() ? Interned() : Interned(*found->second.self);
    }

    std::size_t size() const { return values_.size(); }

private:
    Values values_;
};

}  // namespace freshet::scheduler
