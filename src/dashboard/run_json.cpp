// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/json_values.hpp"
#include "dashboard/run_page.hpp"
#include "dashboard/timeline.hpp"

namespace freshet::dashboard {

namespace {

Json::Object run_facts(const store::RunRow& run) {
    return {{"run_id", run.run_id},
            {"command", run.command},
            {"program", run.program},
            {"host", run.host},
            {"pid", run.pid},
            {"started", json_of(run.started)},
            {"ended", json_of(run.ended)},
            {"exit_status", run.exit_code ? Json(*run.exit_code) : Json()},
            {"summary", json_or_null(run.summary)}};
}

Json family_attempts_json(const FamilyAttempts& family) {
    return Json::Object{{"family", family.family},
                        {"tasks", family.tasks},
                        {"done", family.done},
                        {"failed", family.failed},
                        {"lost", family.lost},
                        {"running", family.running},
                        {"median_duration", json_of(family.quantile(0.5))},
                        {"p95_duration", json_of(family.quantile(0.95))}};
}

}  // namespace

Json run_list_json(const RunList& list) {
    const bool has_more = list.has_more && !list.runs.empty();
    return Json::Object{{"as_of", json_of(list.taken)},
                        {"runs", json_array(list.runs, run_facts)},
                        {"next_before", has_more ? json_of(list.runs.back().started) : Json()}};
}

Json run_json(const RunDetails& details) {
    const auto chain = longest_chain(details.attempts, details.graph, details.taken);
    const auto waits = waits_of(details.attempts, chain, details.taken);
    Json::Array attempts;
    for (const store::AttemptRow& attempt : details.attempts) {
        const auto wait = waits.find(&attempt);
        attempts.push_back(json_with_task(attempt, details.names));
        attempts.back()["waited"] = wait == waits.end() ? Json() : json_of(wait->second);
    }
    Json::Object json = run_facts(details.run);
    json.emplace_back("as_of", json_of(details.taken));
    json.emplace_back("families", json_array(attempts_by_family(details.attempts), family_attempts_json));
    json.emplace_back("attempts", std::move(attempts));
    json.emplace_back("has_more_attempts", details.has_more);
    json.emplace_back("longest_chain", Json::Array(chain.begin(), chain.end()));
    return json;
}

}  // namespace freshet::dashboard
