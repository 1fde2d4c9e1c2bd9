// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "store/database.hpp"
#include "store/statement.hpp"

#include <cstdint>
#include <string_view>

namespace freshet::store {

/// Forgets the old rows of a table, the oldest first and so many at a time. Rows stand in the order of their numbers
/// and nearly in that of their times: it ends where a good many in turn are to stay, so that neither an attempt that
/// still runs nor a day on which the clock was wrong keeps what follows.
class BatchedDelete {
public:
    /// `is_old`: of a row, that it is over since before the time ?3.
    BatchedDelete(Database& database, std::string_view table, std::string_view is_old);

    /// Looks at the next rows. Returns whether there may be more to forget; if not, the next look begins anew.
    bool step(Time before, std::int64_t batch_size);

private:
    Statement last_, remove_;
    std::int64_t last_id_ = 0;
    int empty_steps_ = 0;  ///< steps in turn
};

}  // namespace freshet::store
