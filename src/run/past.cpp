// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/past.hpp"

#include "freshet/error.hpp"
#include "freshet/json.hpp"
#include "run/known_task.hpp"
#include "scheduler/record.hpp"
#include "wire/status.hpp"

#include <fmt/format.h>

namespace freshet::run {

bool Past::has_failed() const { return last && last->ended && last->status == wire::text(wire::Status::failed); }

bool Past::is_early() const { return has_failed() && last->failure_class == "not_yet"; }

std::string Past::failure() const {
    const auto when = instant(*last->ended);
    std::string text = is_early() ? fmt::format("is not possible yet, as tried at {}", when)
                                  : fmt::format("failed at attempt {} at {}", last->number, when);
    if (!last->message.empty()) text += ": " + plain_message(*last);
    if (row && row->status == wire::text(wire::Status::disabled)) text += "; it is disabled, having failed too often";
    if (next_chance) text += fmt::format("; its pause ends at {}", instant(*next_chance));
    return text;
}

std::string Past::running() const {
    return fmt::format("has been running since {} (attempt {} by {})", instant(last->started), last->number,
                       last->worker);
}

std::vector<std::string> Past::dependencies() const {
    return row ? scheduler::dependencies(Json::parse(row->record)) : std::vector<std::string>{};
}

std::string plain_message(const store::AttemptRow& attempt) {
    if (!attempt.message.starts_with('"')) return attempt.message;
    try {
        return Json::parse(attempt.message).as_string();
    } catch (const Error&) {
        return attempt.message;
    }
}

Past past_of(const std::string& task_id, store::History* history, Time now) {
    if (!history) return {};
    Past past{.row = history->task(task_id)};
    if (past.row) past.next_chance = scheduler::next_chance(Json::parse(past.row->record));
    if (past.next_chance && *past.next_chance <= now) past.next_chance.reset();
    if (auto attempts = history->attempts_of(task_id); !attempts.empty()) past.last = std::move(attempts.back());
    return past;
}

}  // namespace freshet::run
