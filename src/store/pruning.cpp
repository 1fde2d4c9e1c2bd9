// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/pruning.hpp"

#include <fmt/format.h>

namespace freshet::store {

namespace {

constexpr int patience = 20;  // steps

}  // namespace

Pruning::Pruning(Database& database, std::string_view table, std::string_view is_old)
    : last_(database.prepare(
          fmt::format("SELECT max(id) FROM (SELECT id FROM {} WHERE id > ?1 ORDER BY id LIMIT ?2)", table))),
      remove_(database.prepare(fmt::format("DELETE FROM {} WHERE id > ?1 AND id <= ?2 AND {}", table, is_old))) {}

bool Pruning::step(Time before, std::int64_t at_most) {
    const auto last = last_.first<std::optional<std::int64_t>>(seen_, at_most).value_or(std::nullopt);
    const bool has_removed = last && remove_.run(seen_, *last, before) > 0;
    in_vain_ = has_removed ? 0 : in_vain_ + 1;
    const bool is_more = last && in_vain_ < patience;
    seen_ = is_more ? *last : 0;
    if (!is_more) in_vain_ = 0;
    return is_more;
}

}  // namespace freshet::store
