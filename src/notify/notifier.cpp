// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "notify/notifier.hpp"

#include "freshet/digest.hpp"
#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace freshet::notify {

namespace {

using namespace std::chrono_literals;

constexpr auto check_interval = 1s;

std::string key_prefix(const Rule& rule) { return fmt::format("notification/{}/", rule.name); }

}  // namespace

Notifier::Notifier(store::StateFile& file, Log& log, NotifierOptions options)
    : file_(file),
      log_(log),
      tables_(file),
      outbox_(file),
      state_folder_(std::move(options.state_folder)),
      source_(std::move(options.source)),
      contact_(std::move(options.contact)) {
    for (Rule& rule : options.rules) rules_.push_back({.rule = std::move(rule)});
    for (RuleState& state : rules_) load(state);
}

/// Forgets what cannot be read: at worst it is told again.
void Notifier::load(RuleState& state) {
    tables_.load_meta(key_prefix(state.rule), [&](std::string&& id, std::string&& record) {
        try {
            state.open.emplace(id, problem_from_json(Json::parse(record)));
        } catch (const Error& error) {
            log_.write({.level = LogLevel::warning,
                        .event = "notification.unreadable",
                        .message = fmt::format("read the problem '{}': {}", id, error.what())});
        }
    });
}

std::optional<Time> Notifier::on_tick(const scheduler::SchedulerState& scheduler, Time now) {
    if (rules_.empty()) return std::nullopt;
    const bool is_soon = now < next_check_ && next_check_ <= now + check_interval;  // else the clock was set
    if (is_soon) return next_check_;
    check(scheduler, now, false);
    return next_check_ = now + check_interval;
}

void Notifier::finish(const scheduler::SchedulerState& scheduler, Time now) {
    if (!rules_.empty()) check(scheduler, now, true);
}

bool Notifier::has_open_problems() const {
    return std::ranges::any_of(rules_, [](const RuleState& state) { return !state.open.empty(); });
}

void Notifier::check(const scheduler::SchedulerState& scheduler, Time now, bool is_last) {
    const std::optional<Disk> disk = state_folder_ ? disk_of(*state_folder_) : std::nullopt;
    for (RuleState& state : rules_)
        apply(state, compare_problems(state.open, scheduler, disk, state.rule.filter, now), now, is_last);
}

void Notifier::apply(RuleState& state, ProblemChanges changes, Time now, bool is_last) {
    if (!state.rule.tells_recovery) changes.recovered.clear();
    const bool is_news = !changes.begun.empty() || !changes.recovered.empty();
    if (!is_news) {
        state.changed_since.reset();
        if (changes.open != state.open) save(state, std::move(changes), false, now);
        return;
    }
    if (!state.changed_since || now < *state.changed_since) state.changed_since = now;
    if (!is_last && now - *state.changed_since < state.rule.window) return;
    save(state, std::move(changes), true, now);
    state.changed_since.reset();
}

void Notifier::save(RuleState& state, ProblemChanges changes, bool is_told, Time now) {
    const std::string prefix = key_prefix(state.rule);
    auto transaction = file_.begin();
    for (const auto& [id, problem] : state.open)
        if (!changes.open.contains(id)) tables_.remove_meta(prefix + id);
    for (const auto& [id, problem] : changes.open)
        if (const auto known = state.open.find(id); known == state.open.end() || known->second != problem)
            tables_.set_meta(prefix + id, to_json(problem).text());
    if (is_told) queue_message(state, changes, now);
    transaction.commit(store::Durability::crash);
    state.open = std::move(changes.open);
}

void Notifier::queue_message(const RuleState& state, const ProblemChanges& changes, Time now) {
    const Event event =
        make_notification({.source = source_, .rule = state.rule.name, .id = uuid4(), .time = now}, changes, contact_);
    outbox_.enqueue_for(state.rule.sink->name(),
                        {.id = event.id, .key = event.key, .document = to_json(event).text(), .subject = event.subject},
                        now);
    log_.write({.event = "notification.queued",
                .message = fmt::format("notification '{}': {}", state.rule.name, subject_line(changes)),
                .fields = {{"rule", state.rule.name}, {"event_id", event.id}}});
}

}  // namespace freshet::notify
