// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <map>
#include <utility>

namespace freshet::scheduler {

/// Keeps equal values once, for as long as somebody holds them: a million tasks share few names, lists of workers and
/// demands, and equality of two of them is equality of pointers. Must outlive what it hands out. It and its references
/// belong to one thread at a time: they count without locks, and a reference is one pointer, of which a task has a dozen.
template <class T>
class Pool {
    struct Count;
    using Values = std::map<T, Count>;

    struct Count {
        Pool* pool = nullptr;
        typename Values::iterator self{};
        std::size_t references = 0;
    };

public:
    /// Holds one value of a pool, or none.
    class Ref {
    public:
        Ref() = default;
        Ref(std::nullptr_t) {}
        Ref(const Ref& other) : entry_(other.entry_) {
            if (entry_) ++entry_->second.references;
        }
        Ref(Ref&& other) noexcept : entry_(std::exchange(other.entry_, nullptr)) {}
        Ref& operator=(Ref other) noexcept {
            std::swap(entry_, other.entry_);
            return *this;
        }
        ~Ref() {
            if (entry_ && --entry_->second.references == 0) entry_->second.pool->values_.erase(entry_->second.self);
        }

        const T* get() const { return entry_ ? &entry_->first : nullptr; }
        const T& operator*() const { return entry_->first; }
        const T* operator->() const { return &entry_->first; }
        explicit operator bool() const { return entry_ != nullptr; }

        friend bool operator==(const Ref& a, const Ref& b) { return a.entry_ == b.entry_; }
        friend auto operator<=>(const Ref& a, const Ref& b) { return std::compare_three_way{}(a.entry_, b.entry_); }

    private:
        friend class Pool;
        explicit Ref(typename Values::value_type& entry) : entry_(&entry) { ++entry.second.references; }

        typename Values::value_type* entry_ = nullptr;
    };

    Pool() = default;
    Pool(const Pool&) = delete;
    Pool& operator=(const Pool&) = delete;

    Ref get(const T& value) {
        const auto [found, added] = values_.try_emplace(value);
        if (added) {
            found->second.pool = this;
            found->second.self = found;
        }
        return Ref(*found);
    }

    /// None when nobody holds such a value.
    Ref find(const T& value) const {
        const auto found = values_.find(value);
        return found == values_.end() ? Ref() : Ref(*found->second.self);
    }

    std::size_t size() const { return values_.size(); }

private:
    Values values_;
};

}  // namespace freshet::scheduler
