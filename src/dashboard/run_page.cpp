// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/run_page.hpp"

#include "base/time.hpp"
#include "base/url_encoding.hpp"
#include "dashboard/page_layout.hpp"
#include "dashboard/timeline.hpp"
#include "freshet/text.hpp"
#include "rpc/error_summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace freshet::dashboard {

namespace {

constexpr std::size_t max_listed = 100;

Html badge_of(const store::RunRow& run) {
    if (!run.ended) return badge(Severity::active, "RUNNING");
    if (!run.exit_code) return badge(Severity::error, "NO EXIT STATUS");
    return run.exit_code == 0 ? badge(Severity::ok, "DONE")
                              : badge(Severity::error, fmt::format("EXIT {}", *run.exit_code));
}

Severity severity_of_run(const store::RunRow& run) {
    if (!run.ended) return Severity::active;
    return run.exit_code == 0 ? Severity::ok : Severity::error;
}

Html link_to_run(const store::RunRow& run, std::string_view folder) {
    return link_to({.id = run.run_id, .name = shortened(run.command, max_text_length)}, folder);
}

std::string duration_text(std::optional<Time::duration> duration) {
    return duration ? format_short_duration(*duration) : "";
}

std::string duration_of(const store::RunRow& run) {
    return run.ended ? format_short_duration(*run.ended - run.started) : "";
}

Html older_runs(const RunList& list) {
    if (!list.has_more) return {};
    const std::string query = form_encoded({{"before", rfc3339(list.runs.back().started)}});
    return tag("nav", {{"class", "more"}, {"aria-label", "Pages"}},
               tag("a", {{"href", "runs?" + query}, {"rel", "next"}}, Html::markup("Older runs")));
}

Html count_text(std::size_t count) { return count == 0 ? Html() : Html(with_thousands(count)); }

Html families_section(const RunDetails& details) {
    Table table("families", "Attempts by family",
                {{"Family"},
                 {"Tasks", true},
                 {"Done", true},
                 {"Failed", true},
                 {"Lost", true},
                 {"Running", true},
                 {"Median", true},
                 {"95 %", true}});
    for (const FamilyAttempts& family : attempts_by_family(details.attempts))
        table.add({tag("code", shortened(family.family, max_text_length)), with_thousands(family.tasks),
                   count_text(family.done), count_text(family.failed), count_text(family.lost),
                   count_text(family.running), duration_text(family.quantile(0.5)),
                   duration_text(family.quantile(0.95))});
    return section("families", Html::markup("Attempts by family"), table.html());
}

bool has_ended_badly(const store::AttemptRow& attempt) {
    return attempt.status == "FAILED" || attempt.status == "LOST";
}

Html attempts_table(const RunDetails& details, bool of_failures) {
    std::vector<const store::AttemptRow*> shown;
    for (const store::AttemptRow& attempt : details.attempts)
        if (has_ended_badly(attempt) == of_failures) shown.push_back(&attempt);
    const auto duration = [&](const store::AttemptRow* attempt) {
        return attempt->ended.value_or(details.taken) - attempt->started;
    };
    if (!of_failures) std::ranges::stable_sort(shown, std::greater<>(), duration);
    if (shown.empty()) return {};
    Table table("attempts of-tasks", "Attempts",
                {{"Task"}, {"State"}, {"Attempt", true}, {"Started"}, {"Took", true}, {"Message"}});
    for (std::size_t i = 0; i < shown.size() && i < max_listed; ++i) {
        const store::AttemptRow& attempt = *shown[i];
        table.add({link_to(ref_of(details.names, attempt.task_id), "../task/"),
                   badge(severity_of(attempt), attempt.status), std::to_string(attempt.number),
                   time_and_age(attempt.started, details.taken), format_short_duration(duration(&attempt)),
                   shortened(rpc::error_summary(attempt.message), max_text_length)});
    }
    return Html::of(table.html(), and_more(std::min(max_listed, shown.size()), shown.size(), "attempts"));
}

Html facts(const RunDetails& details) {
    const store::RunRow& run = details.run;
    return tag("dl", tag("dt", "Program"), tag("dd", run.program), tag("dt", "Host"),
               tag("dd", fmt::format("{}, process {}", run.host, run.pid)), tag("dt", "Started"),
               tag("dd", time_and_age(run.started, details.taken)), tag("dt", "Run id"),
               tag("dd", tag("code", run.run_id)));
}

PageHeader header_of(const std::string& title, const char* home, Severity severity, Time taken,
                     const std::string& version) {
    return {.title = title + " · Freshet", .severity = severity, .home = home, .taken = taken, .version = version};
}

}  // namespace

std::string family_of(const std::string& task_id) { return task_id.substr(0, task_id.find('_')); }

Time::duration quantile(const std::vector<Time::duration>& ascending, double share) {
    if (ascending.empty()) return {};
    const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(ascending.size())));
    return ascending[std::max<std::size_t>(rank, 1) - 1];
}

std::optional<Time::duration> FamilyAttempts::quantile(double share) const {
    return durations.empty() ? std::nullopt : std::optional(dashboard::quantile(durations, share));
}

std::vector<FamilyAttempts> attempts_by_family(const std::vector<store::AttemptRow>& attempts) {
    std::map<std::string, FamilyAttempts> families;
    std::map<std::string, std::set<std::string_view>> tasks;
    for (const store::AttemptRow& attempt : attempts) {
        const std::string name = family_of(attempt.task_id);
        FamilyAttempts& family = families[name];
        tasks[name].insert(attempt.task_id);
        if (!attempt.ended)
            ++family.running;
        else if (attempt.status == "DONE")
            ++family.done, family.durations.push_back(*attempt.ended - attempt.started);
        else if (attempt.status == "LOST")
            ++family.lost;
        else if (attempt.status == "FAILED" || attempt.status == "DISABLED")
            ++family.failed;
    }
    std::vector<FamilyAttempts> all;
    for (auto& [name, family] : families) {
        family.family = name;
        family.tasks = tasks[name].size();
        std::ranges::sort(family.durations);
        all.push_back(std::move(family));
    }
    return all;
}

RunList read_runs(store::History& history, std::optional<Time> before) {
    RunList list{.runs = before ? history.runs_before(*before, runs_per_page + 1) : history.runs(runs_per_page + 1)};
    list.has_more = list.runs.size() > runs_per_page;
    if (list.has_more) list.runs.pop_back();
    return list;
}

std::string run_list_page(const RunList& list) {
    Table table("runs", "Runs", {{"State"}, {"Command"}, {"Result"}, {"Started"}, {"Took", true}});
    for (const store::RunRow& run : list.runs)
        table.add({badge_of(run), link_to_run(run, "run/"), shortened(run.summary, max_text_length),
                   time_and_age(run.started, list.taken), duration_of(run)});
    const Html content =
        list.runs.empty() ? tag("p", {{"class", "note"}}, Html::markup("No run is recorded.")) : table.html();
    PageHeader header = header_of("Runs", "./", Severity::neutral, list.taken, list.version);
    header.view = "runs";
    return document(header, Html::of(tag("h1", Html::markup("Runs")), content, older_runs(list)));
}

std::optional<RunDetails> read_run(store::History& history, const std::string& run_id) {
    auto run = history.run(run_id);
    if (!run) return std::nullopt;
    RunDetails details{.run = *std::move(run)};
    details.attempts = history.attempts_of_run(details.run, max_attempts_of_run + 1);
    details.has_more = details.attempts.size() > max_attempts_of_run;
    if (details.has_more) details.attempts.pop_back();
    return details;
}

std::set<std::string> RunDetails::tasks() const {
    std::set<std::string> ids;
    for (const store::AttemptRow& attempt : attempts) ids.insert(attempt.task_id);
    return ids;
}

std::string run_page(const RunDetails& details) {
    const auto chain = longest_chain(details.attempts, details.graph, details.taken);
    const store::RunRow& run = details.run;
    const Html banner =
        severity_box(severity_of_run(run),
                     Html::of(tag("h1", tag("span", {{"class", "task"}}, shortened(run.command, max_text_length))),
                              tag("p", badge_of(run), " ", run.summary, run.ended ? ", took " : "", duration_of(run))));
    Html content = banner;
    if (const Html failures = attempts_table(details, true); !failures.empty())
        content.append(section("failures", Html::markup("Failed attempts"), failures));
    content.append(families_section(details));
    content.append(section("timeline", Html::markup("Timeline"),
                           timeline(details.attempts, chain, {details.names, "../task/"}, details.taken)));
    if (const Html longest = attempts_table(details, false); !longest.empty())
        content.append(section("longest", Html::markup("Longest attempts"), longest));
    if (details.has_more)
        content.append(tag("p", {{"class", "more"}},
                           fmt::format("The first {} attempts are shown.", with_thousands(max_attempts_of_run))));
    content.append(section("facts", Html::markup("Facts"), facts(details)));
    return document(header_of(shortened(run.command, 120), "../", severity_of_run(run), details.taken, details.version),
                    content);
}

std::string no_run_page(const std::string& run_id, Time taken, const std::string& version) {
    return document(header_of("No such run", "../", Severity::neutral, taken, version),
                    severity_box(Severity::neutral,
                                 Html::of(tag("h1", shortened(run_id, max_text_length)),
                                          tag("p", Html::markup("No run of this id is recorded; the history may have "
                                                                "been pruned.")))));
}

}  // namespace freshet::dashboard
