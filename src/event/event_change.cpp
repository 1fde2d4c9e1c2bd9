// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "event/delivery.hpp"
#include "freshet/error.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace freshet::event {

namespace {

using store::EventKnowledge;

Json::Array array_of_texts(const auto& texts) { return Json::Array(texts.begin(), texts.end()); }

bool is_of(const EventChange& change, const std::string& sink) { return change.sink.value_or(sink) == sink; }

bool is_selected(const EventChange& change, const store::UndeliveredEvent& event) {
    if (!is_of(change, event.sink)) return false;
    if (!change.ids.empty()) return change.ids.contains(event.event_id);
    return change.action == EventChange::Action::skip || event.dead_since;
}

/// The reason why no delivery of the event was changed.
std::string reason(const EventChange& change, const ChangedEvents& changed, const std::string& id) {
    const auto found = changed.known.find(id);
    const auto knowledge = found == changed.known.end() ? EventKnowledge::unknown : found->second;
    const bool is_resend = change.action == EventChange::Action::resend;
    if (knowledge == EventKnowledge::unknown) return "it is not in the outbox";
    if (knowledge == EventKnowledge::id && is_resend)
        return "it was delivered or given up long ago, and only its id is kept";
    if (!is_resend) return change.sink ? "this sink does not lack it" : "no sink lacks it";
    if (!change.sink) return "no sink lacks it; --sink NAME sends it once more";
    return "this sink has no queue in the outbox that has the event; a run or 'deliver' adds it";
}

}  // namespace

EventChange EventChange::from_json(const Json& json) {
    EventChange change;
    try {
        const std::string action = json.at("action").as_string();
        if (action != "resend" && action != "skip") throw ParameterError(fmt::format("unknown action '{}'", action));
        change.action = action == "resend" ? Action::resend : Action::skip;
        const Json* all = json.find("all");
        const Json* ids = json.find("ids");
        if (ids)
            for (const Json& id : ids->as_array()) change.ids.insert(id.as_string());
        if (change.ids.empty() != (all && *all == Json(true)))
            throw ParameterError("either ids of events or all is required");
        if (const Json* sink = json.find("sink"); sink && !sink->is_null()) change.sink = sink->as_string();
    } catch (const Error& error) {
        throw ParameterError(fmt::format("change events: {}", error.what()));
    }
    return change;
}

Json EventChange::to_json() const {
    return Json::Object{{"action", action == Action::resend ? "resend" : "skip"},
                        {ids.empty() ? "all" : "ids", ids.empty() ? Json(true) : Json(array_of_texts(ids))},
                        {"sink", sink ? Json(*sink) : Json()}};
}

void ChangedEvents::add(const ChangedEvents& other) {
    std::ranges::copy(other.deliveries, std::back_inserter(deliveries));
    std::ranges::copy(other.removed_sinks, std::back_inserter(removed_sinks));
    for (const auto& [id, knowledge] : other.known) known[id] = std::max(known[id], knowledge);
    sinks.insert(other.sinks.begin(), other.sinks.end());
}

Json ChangedEvents::to_json(const EventChange& change) const {
    Json::Array changed;
    auto missed = change.ids;
    for (const auto& [id, sink] : deliveries) {
        changed.push_back(Json::Object{{"id", id}, {"sink", sink}});
        missed.erase(id);
    }
    std::vector<std::string> problems;
    if (change.sink && !sinks.contains(*change.sink)) {
        const std::vector<std::string> known_sinks(sinks.begin(), sinks.end());
        problems.push_back(fmt::format("no event was ever for sink '{}'; known: {}", *change.sink,
                                       known_sinks.empty() ? "none" : joined(known_sinks, ", ")));
    } else {
        for (const std::string& id : missed)
            problems.push_back(fmt::format("event '{}': {}", id, reason(change, *this, id)));
    }
    return Json::Object{{"changed", std::move(changed)},
                        {"removed_sinks", array_of_texts(removed_sinks)},
                        {"problems", array_of_texts(problems)}};
}

ChangedEvents change_events(store::StateFile& state, const EventChange& change, const IsConfigured& is_configured) {
    const bool is_resend = change.action == EventChange::Action::resend;
    ChangedEvents changed;
    store::Outbox outbox(state);
    auto transaction = state.begin();
    const auto sinks = outbox.sinks();
    changed.sinks.insert(sinks.begin(), sinks.end());
    std::set<std::string> missed = change.ids;
    for (const std::string& id : change.ids) changed.known[id] = outbox.knowledge_of(id);
    const auto apply = [&](const std::string& id, const std::string& sink) {
        if (!(is_resend ? outbox.resend(id, sink) : outbox.skip(id, sink))) return;
        changed.deliveries.emplace_back(id, sink);
        missed.erase(id);
    };
    for (const store::UndeliveredEvent& event : outbox.undelivered()) {
        changed.sinks.insert(event.sink);
        if (is_selected(change, event)) apply(event.event_id, event.sink);
    }
    if (is_resend && change.sink && std::ranges::binary_search(sinks, *change.sink))
        for (const std::string& id : std::set(missed)) apply(id, *change.sink);
    if (!is_resend && change.ids.empty())
        for (const std::string& sink : sinks) {
            if (!is_of(change, sink) || is_configured(sink)) continue;
            outbox.remove_sink(sink);
            changed.removed_sinks.push_back(sink);
        }
    transaction.commit(store::Durability::power_cut);
    return changed;
}

}  // namespace freshet::event
