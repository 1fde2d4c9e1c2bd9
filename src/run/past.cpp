// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/past.hpp"

#include "freshet/json.hpp"
#include "scheduler/record.hpp"
#include "scheduler/sentences.hpp"
#include "wire/status.hpp"

namespace freshet::run {

bool Past::has_failed() const { return last && last->ended && last->status == wire::text(wire::Status::failed); }

bool Past::is_early() const { return has_failed() && last->failure_class == "not_yet"; }

std::string Past::failure() const {
    return sentence(scheduler::Failed{
        .attempt = static_cast<std::uint32_t>(last->number),
        .at = *last->ended,
        .is_early = is_early(),
        .message = plain_message(*last),
        .is_disabled = row && row->status == wire::text(wire::Status::disabled),
        .next_chance = next_chance,
    });
}

std::string Past::running() const {
    return sentence(scheduler::Running{last->started, static_cast<std::uint32_t>(last->number), last->worker});
}

std::vector<std::string> Past::dependencies() const {
    return row ? scheduler::dependencies(Json::parse(row->record)) : std::vector<std::string>{};
}

std::string plain_message(const store::AttemptRow& attempt) { return scheduler::plain(attempt.message); }

Past past_of(const std::string& task_id, store::History* history, Time now) {
    if (!history) return {};
    Past past{.row = history->task(task_id)};
    if (past.row) past.next_chance = scheduler::next_chance(Json::parse(past.row->record));
    if (past.next_chance && *past.next_chance <= now) past.next_chance.reset();
    if (auto attempts = history->attempts_of(task_id); !attempts.empty()) past.last = std::move(attempts.back());
    return past;
}

}  // namespace freshet::run
