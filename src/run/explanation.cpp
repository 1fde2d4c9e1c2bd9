// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "run/explanation.hpp"

#include "base/time.hpp"
#include "run/planned.hpp"
#include "target/receipt.hpp"
#include "wire/status.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::run {

namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

bool has_status(const std::optional<store::TaskRow>& row, wire::Status status) {
    return row && row->status == wire::text(status);
}

/// What the state tells of one task.
struct Record {
    std::optional<store::TaskRow> row{};
    std::optional<store::AttemptRow> last{};  ///< the last attempt
    std::optional<Time> retry_at{};           ///< when it is tried again
};

Record record_of(const std::string& id, store::History* history) {
    if (!history) return {};
    Record record{.row = history->task(id)};
    if (auto attempts = history->attempts_of(id); !attempts.empty()) record.last = std::move(attempts.back());
    return record;
}

bool has_failed(const Record& record) {
    return record.last && record.last->ended && record.last->status == wire::text(wire::Status::failed);
}
bool is_running(const Record& record) { return record.last && !record.last->ended; }
bool is_early(const Record& record) { return record.last && record.last->failure_class == "not_yet"; }

/// "failed at attempt 3 on 2026-08-21T06:00:01Z: why", "is not possible yet (…)": how the last attempt went.
std::string failure_of(const Record& record) {
    const auto& last = *record.last;
    const auto when = instant(*last.ended);
    std::string text = is_early(record) ? fmt::format("is not possible yet, as tried at {}", when)
                                        : fmt::format("failed at attempt {} at {}", last.number, when);
    if (!last.message.empty()) text += ": " + last.message;
    if (has_status(record.row, wire::Status::disabled)) text += "; it is disabled, since it failed too often";
    return text;
}

std::string running_since(const Record& record) {
    return fmt::format("has been running since {} (attempt {}, {})", instant(record.last->started), record.last->number,
                       record.last->worker);
}

/// How a complete output came about, as its receipt says.
std::string explain_complete(const KnownTask& known) {
    for (const AnyTarget& output : known.task->outputs()) {
        if (!output.path()) continue;
        const auto receipt = target::read_receipt(*output.path());
        if (!receipt)
            return fmt::format("{} is complete since '{}' exists, which has no receipt: it was not made by a run",
                               known.name(), output.address());
        const auto& origin = receipt->origin;
        return fmt::format("{} is complete: attempt {} on {} made '{}' from {} to {}, in {}", known.name(),
                           origin.attempt, origin.host, output.address(), instant(origin.started),
                           instant(origin.ended),
                           readable_duration(duration_cast<milliseconds>(origin.ended - origin.started)));
    }
    if (known.task->type().kind == Kind::wrapper)
        return fmt::format("{} is complete since all that it requires is", known.name());
    return fmt::format("{} is complete since {}", known.name(),
                       known.task->type().has_outputs ? "its outputs exist" : "it says so");
}

/// What holds a task up, the clearest cause first.
enum class Hindrance { failed, external, early, running, unplanned, never_ran };

struct Cause {
    Hindrance hindrance = Hindrance::never_ran;
    std::string words{};
};

Cause cause_of(const worker::Node& node, store::History* history) {
    if (!node.error.empty()) return {Hindrance::unplanned, reason_of(node)};
    if (node.task.type().kind == Kind::external)
        return {Hindrance::external, "which is somebody else's: " + reason_of(node)};
    const Record record = record_of(node.task.id(), history);
    if (is_running(record)) return {Hindrance::running, "which " + running_since(record)};
    if (has_failed(record))
        return {is_early(record) ? Hindrance::early : Hindrance::failed, "which " + failure_of(record)};
    return {Hindrance::never_ran, "which has not run: " + reason_of(node)};
}

bool waits_for_nothing(const worker::Node& node, const worker::Plan& plan) {
    return std::ranges::all_of(node.requirements, [&](std::size_t required) { return plan[required].is_complete; });
}

/// What the task waits for; "" when all that it requires is complete.
std::string explain_waiting(const KnownTask& known, const worker::Plan& plan, store::History* history) {
    std::optional<Cause> clearest;
    std::string name;
    for (std::size_t i = 1; i < plan.size(); ++i) {
        if (plan[i].is_complete || !waits_for_nothing(plan[i], plan)) continue;
        Cause cause = cause_of(plan[i], history);
        if (clearest && clearest->hindrance <= cause.hindrance) continue;
        clearest = std::move(cause);
        name = plan[i].task.description();
    }
    return clearest ? fmt::format("{} waits for {}, {}", known.name(), name, clearest->words) : "";
}

/// For a task that no class of this program makes: what the state says.
std::string explain_by_state(const KnownTask& known, const Record& record) {
    if (is_running(record)) return fmt::format("{} {}", known.name(), running_since(record));
    if (has_failed(record)) return fmt::format("{} {}", known.name(), failure_of(record));
    if (record.last)
        return fmt::format("{} was last run at {}: {}", known.name(), instant(record.last->started),
                           record.last->status);
    return fmt::format("{} is {} since {}", known.name(), known.row->status, instant(known.row->updated));
}

std::string explain_not_run(const KnownTask& known, const worker::Node& node, const Record& record) {
    if (record.last)
        return fmt::format("{} ran at {}, but is not complete now: {}", known.name(), instant(record.last->started),
                           reason_of(node));
    return fmt::format("{} has never run, and nothing holds it up: {}", known.name(), reason_of(node));
}

}  // namespace

std::string explain(const KnownTask& known, store::History* history) {
    const Record record = record_of(known.id, history);
    if (!known.task) return explain_by_state(known, record);
    const worker::Plan plan = worker::make_plan({*known.task});
    const worker::Node& node = plan[0];
    if (!node.error.empty()) return fmt::format("{}: {}", known.name(), reason_of(node));
    if (node.is_complete) return explain_complete(known);
    if (is_running(record)) return fmt::format("{} {}", known.name(), running_since(record));
    if (has_failed(record)) return fmt::format("{} {}", known.name(), failure_of(record));
    const std::string waiting = explain_waiting(known, plan, history);
    return waiting.empty() ? explain_not_run(known, node, record) : waiting;
}

}  // namespace freshet::run
