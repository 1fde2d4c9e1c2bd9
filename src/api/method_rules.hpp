// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/role.hpp"
#include "api/route.hpp"

#include <string_view>

namespace freshet::scheduler {

/// Who may call a method of the wire, whether it changes anything, and whether the audit hears of that.
struct MethodPermissions {
    std::string_view method;
    Roles roles;
    Effect effect;
    Audited audited = Audited::yes;
};

/// A method that nobody thought of needs the role that may do most.
MethodPermissions permissions_of(std::string_view method);

/// Whether the method has a rule of its own.
bool has_permissions(std::string_view method);

}  // namespace freshet::scheduler
