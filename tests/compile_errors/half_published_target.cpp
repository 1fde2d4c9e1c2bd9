// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/task.hpp"

struct Table {
    std::string name;
    bool exists() const;
    std::string address() const;
    freshet::Json stage(freshet::TargetAttempt& attempt, const freshet::MakeReceipt& make_receipt) const;
    bool commit(freshet::TargetAttempt& attempt, const freshet::Json& staged) const;
    void abort(freshet::TargetAttempt& attempt) const;
};

struct Greet {
    std::string whom;

    static constexpr freshet::Parameter parameters[] = {freshet::param<&Greet::whom>("whom")};
    Table output() const;
    void run() const;
};

auto task = freshet::AnyTask(Greet{.whom = "x"});
