// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace freshet::scheduler {

/// What somebody may do.
enum class Role : unsigned {
    view = 1,     ///< look at everything
    work = 2,     ///< say what workers say
    operate = 4,  ///< change tasks, workers and resources by hand
};

/// A set of roles.
class Roles {
public:
    constexpr Roles() = default;
    constexpr Roles(Role role) : bits_(static_cast<unsigned>(role)) {}

    static constexpr Roles all();

    constexpr bool empty() const { return bits_ == 0; }
    /// Whether one role is in both.
    constexpr bool intersects(Roles other) const { return (bits_ & other.bits_) != 0; }

    friend constexpr Roles operator|(Roles one, Roles other) {
        one.bits_ |= other.bits_;
        return one;
    }
    friend bool operator==(Roles, Roles) = default;

private:
    unsigned bits_ = 0;
};

constexpr Roles operator|(Role one, Role other) { return Roles(one) | Roles(other); }

constexpr Roles Roles::all() { return Role::view | Role::work | Role::operate; }

}  // namespace freshet::scheduler
