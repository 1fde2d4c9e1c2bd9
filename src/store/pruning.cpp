// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/pruning.hpp"

#include <fmt/format.h>

namespace freshet::store {

namespace {

constexpr int max_empty_steps = 20;  // steps

}  // namespace

BatchedDelete::BatchedDelete(Database& database, std::string_view table, std::string_view is_old)
    : last_(database.prepare(
          fmt::format("SELECT max(id) FROM (SELECT id FROM {} WHERE id > ?1 ORDER BY id LIMIT ?2)", table))),
      remove_(database.prepare(fmt::format("DELETE FROM {} WHERE id > ?1 AND id <= ?2 AND {}", table, is_old))) {}

bool BatchedDelete::step(Time before, std::int64_t batch_size) {
    const auto last = last_.first<std::optional<std::int64_t>>(last_id_, batch_size).value_or(std::nullopt);
    const bool has_removed = last && remove_.run(last_id_, *last, before) > 0;
    empty_steps_ = has_removed ? 0 : empty_steps_ + 1;
    const bool is_more = last && empty_steps_ < max_empty_steps;
    last_id_ = is_more ? *last : 0;
    if (!is_more) empty_steps_ = 0;
    return is_more;
}

}  // namespace freshet::store
