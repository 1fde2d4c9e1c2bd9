// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/html.hpp"
#include "dashboard/snapshot.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// HTML components that the pages share.
namespace freshet::dashboard {

/// Severity of an alert or a state; decides the colour, which never carries the information alone.
enum class Severity { ok, active, warning, error, neutral };

/// Its name, as in JSON.
std::string_view text_of(Severity severity);
/// The name of its colour in the style sheet.
std::string css_class(Severity severity);

/// Returns the box at the top of a page, in the colour of its severity.
Html severity_box(Severity severity, const Html& content);

Severity severity_of(Status status);
/// The severity of the tasks together: of failed ones before running ones, and these before those that wait.
Severity severity_of(const StatusCounts& counts);
/// Returns a label in the colour of its severity.
Html badge(Severity severity, std::string_view label);
Html badge(Status status);
/// The text of its badge.
std::string_view label_of(Status status);

/// Returns the UTC time of day, with its date unless that is today's, and its distance from `now`.
Html time_and_age(Time time, Time now);
/// Formats as "12 s", "3 min", "2 h 05 min" or "3 d 4 h".
std::string format_duration(Time::duration duration);
/// Formats as "850 ms", "12 s" or "3 min 20 s": of attempts, many of which take less than a second.
std::string format_short_duration(Time::duration duration);
/// Formats as "1 task" or "12 tasks".
std::string pluralized(std::size_t count, std::string_view one, std::string_view many);
/// Formats as "12,345".
std::string with_thousands(std::size_t number);

/// The parameters in a task's name, which tell one from another: "cycle=2026-08-21T06" of "Ingest(cycle=...)".
std::string parameters_in(const std::string& name);

/// Returns the address of the page of what has the id; `folder` is the relative URL of such pages. Empty for an id to
/// which no address leads: browsers resolve "." and "..", even if they are percent-encoded.
std::string page_address(std::string_view folder, const std::string& id);
/// Returns the task's name as a link; `folder` is the relative URL of the task pages.
Html link_to(const TaskRef& task, std::string_view folder);

/// Returns the sentence with a link where it first names the task.
Html with_link(const std::string& sentence, const std::optional<TaskRef>& named, std::string_view folder);

/// Returns a section with its heading; `id` is its URL fragment.
Html section(Literal id, const Html& heading, const Html& content);
/// Returns "and 12 more running tasks"; empty if all are shown.
Html and_more(std::size_t shown, std::size_t total, std::string_view what);

/// Returns a progress bar and the number beside it; empty without a percentage (0 to 100).
Html progress_bar(std::optional<double> percentage);
/// Returns a stacked bar of the tasks in each state.
Html status_bar(const StatusCounts& counts);
/// Formats the same counts as text: "3 done, 1 failed".
std::string status_summary(const StatusCounts& counts);

struct Column {
    std::string_view label;
    bool is_number = false;
};

/// Builds a table, which the style sheet turns into a list of cards on narrow screens.
class Table {
public:
    /// `kind` is its CSS class.
    Table(Literal kind, Literal caption, std::vector<Column> columns)
        : kind_(kind), caption_(caption), columns_(std::move(columns)) {}

    /// Adds a row with one cell per column; empty cells are hidden on narrow screens.
    void add(const std::vector<Html>& cells);
    Html html() const;

private:
    Literal kind_;
    Literal caption_;
    std::vector<Column> columns_;
    Html rows_;
};

}  // namespace freshet::dashboard
