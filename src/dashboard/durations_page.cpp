// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/url_encoding.hpp"
#include "dashboard/durations.hpp"
#include "dashboard/json_values.hpp"
#include "dashboard/page_layout.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace freshet::dashboard {

namespace {

constexpr double spark_width = 150, spark_height = 30, spark_margin = 3;

double seconds_of(Time::duration duration) { return std::chrono::duration<double>(duration).count(); }

/// A line over the runs, from the oldest to the last.
Html spark_line(const FamilyDurations& family, Time::duration RunDurations::*value, double greatest, const char* kind) {
    std::string points;
    const double step =
        (spark_width - 2 * spark_margin) / static_cast<double>(std::max<std::size_t>(family.runs.size() - 1, 1));
    for (std::size_t i = 0; i < family.runs.size(); ++i)
        points += fmt::format("{:.1f},{:.1f} ", spark_margin + static_cast<double>(i) * step,
                              spark_height - spark_margin -
                                  (spark_height - 2 * spark_margin) * seconds_of(family.runs[i].*value) / greatest);
    return element("polyline", {{"points", points}, {"class", kind}}, {});
}

/// Medians and 95th percentiles over the runs. The table beside it has the numbers for screen readers.
Html sparkline(const FamilyDurations& family) {
    double greatest = 1e-9;
    for (const RunDurations& run : family.runs) greatest = std::max(greatest, seconds_of(run.percentile_95));
    const double last = seconds_of(family.runs.back().median);
    return tag(
        "svg",
        {{"class", family.is_slow() ? "sparkline slow" : "sparkline"},
         {"viewBox", fmt::format("0 0 {} {}", spark_width, spark_height)},
         {"width", fmt::format("{}", spark_width)},
         {"height", fmt::format("{}", spark_height)},
         {"aria-hidden", "true"}},
        spark_line(family, &RunDurations::percentile_95, greatest, "upper"),
        spark_line(family, &RunDurations::median, greatest, "median"),
        element("circle",
                {{"cx", fmt::format("{:.1f}", family.runs.size() > 1 ? spark_width - spark_margin : spark_margin)},
                 {"cy", fmt::format("{:.1f}",
                                    spark_height - spark_margin - (spark_height - 2 * spark_margin) * last / greatest)},
                 {"r", "2.5"}},
                {}));
}

Html pace_of(const FamilyDurations& family) {
    if (!family.usual) return {};
    if (!family.is_slow()) return badge(Severity::ok, "as usual");
    const double times = seconds_of(family.runs.back().median) / std::max(seconds_of(*family.usual), 1e-3);
    return badge(Severity::warning, fmt::format("{:.{}f}\u00D7 usual", times, times < 10 ? 1 : 0));
}

Html last_run(const FamilyDurations& family) {
    const RunDurations& run = family.runs.back();
    const std::string address = page_address("run/", run.run_id);
    return Html::of(format_short_duration(run.median), " ",
                    address.empty() ? Html() : tag("a", {{"href", address}}, Html::markup("run")));
}

Html table_of(const Durations& durations) {
    Table table("durations", "Durations by family",
                {{"Family"},
                 {"Attempts", true},
                 {"Median", true},
                 {"95 %", true},
                 {"Last run", true},
                 {"Usual", true},
                 {"Pace"},
                 {"Over the last runs"}});
    for (const FamilyDurations& family : durations.families.items)
        table.add(
            {tag("a", {{"href", "history?" + form_encoded({{"family", family.family}})}}, tag("code", family.family)),
             with_thousands(family.attempts), format_short_duration(family.median),
             format_short_duration(family.percentile_95), last_run(family),
             family.usual ? format_short_duration(*family.usual) : "", pace_of(family), sparkline(family)});
    return Html::of(table.html(), and_more(durations.families.items.size(), durations.families.total, "families"));
}

Html explanation(const Durations& durations) {
    return tag(
        "p", {{"class", "note"}}, "Successful attempts since ", time_and_age(*durations.since, durations.taken),
        Html::markup(". Usual is the median of the medians of the runs before the last one, of which there must "
                     "be three. A family is slower than usual if the median of its last run is half as long "
                     "again, and a second longer. The thick line shows medians, the thin one 95th percentiles."));
}

}  // namespace

std::string durations_page(const Durations& durations) {
    const PageHeader header{.title = "Durations · Freshet",
                            .home = "./",
                            .taken = durations.taken,
                            .version = durations.version,
                            .view = "durations"};
    const Html content = !durations.has_history
                             ? tag("p", {{"class", "note"}}, Html::markup("The history cannot be read."))
                         : durations.families.items.empty()
                             ? tag("p", {{"class", "note"}}, Html::markup("No attempt has succeeded yet."))
                             : Html::of(table_of(durations), explanation(durations));
    return document(header, Html::of(tag("h1", Html::markup("Durations")), content));
}

Json durations_json(const Durations& durations) {
    const auto run_json = [](const RunDurations& run) {
        return Json::Object{{"run_id", run.run_id},
                            {"started", json_of(run.started)},
                            {"attempts", run.attempts},
                            {"median", json_of(run.median)},
                            {"percentile_95", json_of(run.percentile_95)}};
    };
    const auto family_json = [&](const FamilyDurations& family) {
        return Json::Object{{"family", family.family},
                            {"attempts", family.attempts},
                            {"median", json_of(family.median)},
                            {"percentile_95", json_of(family.percentile_95)},
                            {"usual", json_of(family.usual)},
                            {"is_slow", family.is_slow()},
                            {"runs", json_array(family.runs, run_json)}};
    };
    return Json::Object{{"as_of", json_of(durations.taken)},
                        {"has_history", durations.has_history},
                        {"since", json_of(durations.since)},
                        {"families", json_of(durations.families, family_json)}};
}

}  // namespace freshet::dashboard
