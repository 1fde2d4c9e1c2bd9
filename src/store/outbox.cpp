// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/outbox.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace freshet::store {

namespace {

/// One step through the index for each dataset, and one to the end of its entries.
constexpr std::string_view newest_query = R"sql(
WITH RECURSIVE newest(name) AS (
    SELECT min(dataset) FROM outbox WHERE document IS NOT NULL AND type = ?1
    UNION ALL
    SELECT (SELECT min(dataset) FROM outbox WHERE document IS NOT NULL AND type = ?1 AND dataset > name)
    FROM newest WHERE name IS NOT NULL LIMIT ?2)
SELECT (SELECT document FROM outbox WHERE document IS NOT NULL AND type = ?1 AND dataset = name
        ORDER BY cycle DESC, position DESC LIMIT 1)
FROM newest WHERE name IS NOT NULL
)sql";

}  // namespace

Outbox::Outbox(StateFile& state)
    : add_sink_(state.database().prepare("INSERT INTO sinks(name, added) VALUES(?, ?) ON CONFLICT DO NOTHING")),
      backfill_sink_(state.database().prepare(
          "INSERT INTO deliveries(position, sink) SELECT position, ? FROM outbox "
          "WHERE document IS NOT NULL AND stored >= ? AND type IS NOT ? ON CONFLICT DO NOTHING")),
      enqueue_(state.database().prepare(
          "INSERT INTO outbox(event_id, key, document, stored, subject, type, dataset, cycle) SELECT ?1, ?2, ?3, ?4, "
          "?5, "
          "json_extract(valid, '$.type'), json_extract(valid, '$.data.dataset'), json_extract(valid, '$.data.cycle') "
          "FROM (SELECT CASE WHEN json_valid(?3) THEN ?3 END AS valid) WHERE true ON CONFLICT DO NOTHING")),
      add_deliveries_(state.database().prepare(
          "INSERT INTO deliveries(position, sink) SELECT outbox.position, sinks.name FROM outbox, sinks "
          "WHERE outbox.event_id = ?1 AND substr(sinks.name, 1, length(?2)) <> ?2")),
      add_delivery_(state.database().prepare(
          "INSERT INTO deliveries(position, sink) SELECT position, ?2 FROM outbox WHERE event_id = ?1")),
      is_known_(state.database().prepare("SELECT document IS NOT NULL FROM outbox WHERE event_id = ?")),
      heads_(state.database().prepare(
          "SELECT position, event_id, key, subject, document, tries, rejections, next_try FROM deliveries "
          "JOIN outbox USING(position) WHERE sink = ? AND delivered_at IS NULL AND dead_at IS NULL ORDER BY position")),
      backlog_(state.database().prepare(
          "SELECT count(*) - count(dead_at), count(dead_at), min(CASE WHEN dead_at IS NULL THEN stored END) "
          "FROM deliveries JOIN outbox USING(position) WHERE sink = ? AND delivered_at IS NULL")),
      last_error_(state.database().prepare("SELECT last_error FROM deliveries WHERE sink = ? AND delivered_at IS NULL "
                                           "ORDER BY dead_at IS NOT NULL, tries DESC LIMIT 1")),
      undelivered_(state.database().prepare(
          "SELECT sink, event_id, document, stored, tries, rejections, next_try, dead_at, last_error FROM deliveries "
          "JOIN outbox USING(position) WHERE delivered_at IS NULL ORDER BY position, sink")),
      mark_delivered_(state.database().prepare("UPDATE deliveries SET delivered_at = ?3, tries = tries + 1, last_error "
                                               "= '' WHERE position = ?1 AND sink = ?2")),
      mark_failed_(state.database().prepare(
          "UPDATE deliveries SET next_try = ?3, tries = tries + 1, last_error = ?4 WHERE position = ?1 AND sink = ?2")),
      mark_refused_(state.database().prepare("UPDATE deliveries SET next_try = ?3, tries = tries + 1, rejections = "
                                             "rejections + 1, last_error = ?4, dead_at = "
                                             "?5 WHERE position = ?1 AND sink = ?2")),
      postpone_(state.database().prepare(
          "UPDATE deliveries SET next_try = ?2 WHERE sink = ?1 AND delivered_at IS NULL AND next_try < ?2")),
      reset_backoff_(state.database().prepare("UPDATE deliveries SET next_try = 0 WHERE sink = ? AND delivered_at IS "
                                              "NULL AND (next_try <= ? OR next_try > ?)")),
      shift_backoffs_(state.database().prepare(
          "UPDATE deliveries SET next_try = next_try + ? WHERE delivered_at IS NULL AND next_try > 0")),
      resend_(state.database().prepare(
          "INSERT INTO deliveries(position, sink) SELECT position, ?2 FROM outbox WHERE event_id = ?1 AND document IS "
          "NOT NULL ON CONFLICT(position, sink) DO UPDATE SET delivered_at = NULL, dead_at = NULL, rejections = 0, "
          "next_try = 0")),
      skip_(state.database().prepare("UPDATE deliveries SET delivered_at = 0 WHERE delivered_at IS NULL AND sink = ?2 "
                                     "AND position = (SELECT position FROM outbox WHERE event_id = ?1)")),
      remove_sink_(state.database().prepare("DELETE FROM sinks WHERE name = ?")),
      was_used_by_(
          state.database().prepare("SELECT 1 FROM sinks, outbox WHERE name = ?1 AND stored >= added - ?2 UNION ALL "
                                   "SELECT 1 FROM sinks, deliveries WHERE name = ?1 AND sink = name LIMIT 1")),
      newest_of_datasets_(state.database().prepare(newest_query)),
      sinks_(state.database().prepare("SELECT name FROM sinks ORDER BY name")),
      abandon_(state.database().prepare("DELETE FROM deliveries WHERE sink = ? AND delivered_at IS NULL "
                                        "AND position IN (SELECT position FROM outbox WHERE stored < ?)")),
      prune_dead_(state.database().prepare("DELETE FROM deliveries WHERE delivered_at IS NULL AND dead_at < ?")),
      prune_documents_(state.database().prepare(
          "UPDATE outbox SET document = NULL WHERE document IS NOT NULL AND stored < ? AND NOT EXISTS("
          "SELECT 1 FROM deliveries WHERE deliveries.position = outbox.position AND delivered_at IS NULL)")),
      prune_deliveries_(state.database().prepare(
          "DELETE FROM deliveries WHERE position IN (SELECT position FROM outbox WHERE document IS NULL)")) {}

void Outbox::add_sinks(const std::vector<std::string>& names, Time now) {
    for (const auto& name : names)
        if (add_sink_.run(name, now) > 0 && !name.starts_with(notification_sink_prefix))
            backfill_sink_.run(name, now - backfill, notification_type);
}

std::vector<std::string> Outbox::sinks() {
    std::vector<std::string> names;
    sinks_.each([&](const Row& row) { names.push_back(row.get<std::string>(0)); });
    return names;
}

bool Outbox::enqueue(const NewEvent& event, Time now) {
    if (enqueue_.run(event.id, event.key, event.document, now, event.subject) == 0) return false;
    add_deliveries_.run(event.id, notification_sink_prefix);
    return true;
}

bool Outbox::enqueue_for(std::string_view sink, const NewEvent& event, Time now) {
    if (enqueue_.run(event.id, event.key, event.document, now, event.subject) == 0) return false;
    add_delivery_.run(event.id, sink);
    return true;
}

void Outbox::remove_sink(std::string_view name) { remove_sink_.run(name); }

bool Outbox::was_used_by(std::string_view sink) {
    return was_used_by_.first<int>(sink, std::chrono::duration<double>(backfill).count()).has_value();
}

EventKnowledge Outbox::knowledge_of(std::string_view event_id) {
    const auto has_document = is_known_.first<int>(event_id);
    if (!has_document) return EventKnowledge::unknown;
    return *has_document != 0 ? EventKnowledge::whole : EventKnowledge::id;
}

std::vector<std::string> Outbox::newest_of_datasets(std::string_view type, std::size_t limit) {
    std::vector<std::string> documents;
    newest_of_datasets_.each([&](const Row& row) { documents.push_back(row.get<std::string>(0)); }, type, limit);
    return documents;
}

/// Visits, of each key and subject, the earliest pending event: the later ones wait for it.
template <class Visit>
void Outbox::for_each_head(std::string_view sink, Visit&& visit) {
    std::set<std::pair<std::string, std::string>> queues;
    heads_.each(
        [&](const Row& row) {
            if (queues.emplace(row.text(2), row.text(3)).second) visit(row);
        },
        sink);
}

std::vector<PendingEvent> Outbox::due(std::string_view sink, Time now) {
    std::vector<PendingEvent> events;
    for_each_head(sink, [&](const Row& row) {
        if (row.get<Time>(7) > now) return;
        events.push_back({.position = row.integer(0),
                          .event_id = row.get<std::string>(1),
                          .key = row.get<std::string>(2),
                          .document = row.get<std::string>(4),
                          .tries = row.get<int>(5),
                          .rejections = row.get<int>(6)});
    });
    return events;
}

SinkBacklog Outbox::backlog(std::string_view sink) {
    SinkBacklog backlog{.sink = std::string(sink)};
    backlog_.each(
        [&](const Row& row) {
            backlog.pending = row.integer(0);
            backlog.dead = row.integer(1);
            if (backlog.pending > 0) backlog.oldest_stored = row.get<Time>(2);
        },
        sink);
    if (backlog.undelivered() == 0) return backlog;
    for_each_head(sink, [&](const Row& row) {
        const auto next_try = row.get<Time>(7);
        backlog.next_try = std::min(backlog.next_try.value_or(next_try), next_try);
    });
    backlog.last_error = last_error_.first<std::string>(sink).value_or("");
    return backlog;
}

std::vector<SinkBacklog> Outbox::backlogs() {
    std::vector<SinkBacklog> all;
    for (const std::string& sink : sinks()) all.push_back(backlog(sink));
    return all;
}

std::vector<UndeliveredEvent> Outbox::undelivered() {
    std::vector<UndeliveredEvent> events;
    undelivered_.each([&](const Row& row) {
        events.push_back({.sink = row.get<std::string>(0),
                          .event_id = row.get<std::string>(1),
                          .document = row.get<std::string>(2),
                          .stored = row.get<Time>(3),
                          .tries = row.get<int>(4),
                          .rejections = row.get<int>(5),
                          .next_try = row.get<Time>(6),
                          .dead_since = row.get<std::optional<Time>>(7),
                          .last_error = row.get<std::string>(8)});
    });
    return events;
}

void Outbox::mark_delivered(std::int64_t position, std::string_view sink, Time now) {
    mark_delivered_.run(position, sink, now);
}

void Outbox::mark_failed(std::int64_t position, std::string_view sink, Time next_try, std::string_view error) {
    mark_failed_.run(position, sink, next_try, error);
}

void Outbox::mark_refused(std::int64_t position, std::string_view sink, Time next_try, std::string_view error,
                          std::optional<Time> dead_at) {
    mark_refused_.run(position, sink, next_try, error, dead_at);
}

void Outbox::postpone(std::string_view sink, Time until) { postpone_.run(sink, until); }

bool Outbox::resend(std::string_view event_id, std::string_view sink) { return resend_.run(event_id, sink) > 0; }

bool Outbox::skip(std::string_view event_id, std::string_view sink) { return skip_.run(event_id, sink) > 0; }

void Outbox::reset_backoff(std::string_view sink, Time until, Time beyond) { reset_backoff_.run(sink, until, beyond); }

void Outbox::shift_backoffs(Time::duration change) {
    shift_backoffs_.run(std::chrono::duration<double>(change).count());
}

void Outbox::prune_delivered(Time before, const std::vector<std::string>& configured) {
    for (const auto& sink : sinks())
        if (std::ranges::find(configured, sink) == configured.end()) abandon_.run(sink, before);
    prune_dead_.run(before);
    prune_documents_.run(before);
    prune_deliveries_.run();
}

}  // namespace freshet::store
