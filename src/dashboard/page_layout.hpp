// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/html.hpp"
#include "dashboard/snapshot.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What all pages are built from.
namespace freshet::scheduler::page {

/// How bad it is; decides the colour, never alone.
enum class Severity { ok, active, warning, error, neutral };

/// What a page is told besides what it shows.
struct PageHeader {
    std::string title{};
    Severity severity = Severity::neutral;
    std::string home{};                             ///< from here to the first page, as a relative address
    std::optional<std::chrono::seconds> refresh{};  ///< asks the browser to come again
    Time taken{};
    std::string version{};
};

/// The whole document.
std::string document(const PageHeader& header, const Html& content);

/// The headers of an answer that is such a document: nothing but its own style sheet may be loaded or run.
std::string content_security_policy();

/// What is to be read first, in a box of the colour of its severity.
Html severity_box(Severity severity, const Html& content);

/// The colour of a state.
Severity severity_of(Status status);
/// A word in the colour of its severity.
Html badge(Severity severity, std::string_view label);
Html badge(Status status);

/// The time of day in UTC, with its date where that is not today's, and how long ago that was or how soon it will be.
Html time_and_age(Time time, Time now);
/// "12 s", "3 min", "2 h 05 min", "3 d 4 h"
std::string format_duration(Time::duration duration);
/// "1 task", "12 tasks"
std::string pluralized(std::size_t count, std::string_view one, std::string_view many);
std::string with_thousands(std::size_t number);

/// The task's name as a link; `folder` is where task pages are, seen from here.
Html link_to(const TaskRef& task, std::string_view folder);

/// A section with its heading; `id` names it in addresses.
Html section(Literal id, const Html& heading, const Html& content);
/// "and 12 more running tasks", or nothing.
Html and_more(std::size_t shown, std::size_t total, std::string_view what);

/// A share from 0 to 100, as a bar and as a number; nothing for none.
Html progress_bar(std::optional<double> percentage);
/// The share of each state, as a bar and in words.
Html status_bar(const StatusCounts& counts);
std::string status_summary(const StatusCounts& counts);

struct Column {
    std::string_view label;
    bool is_number = false;
};

/// A table that on a narrow screen becomes a list of cards.
class Table {
public:
    /// `kind` is its class in the style sheet.
    Table(Literal kind, Literal caption, std::vector<Column> columns)
        : kind_(kind), caption_(caption), columns_(std::move(columns)) {}

    /// One cell for each column; an empty one is left out on narrow screens.
    void add(const std::vector<Html>& cells);
    Html html() const;

private:
    Literal kind_;
    Literal caption_;
    std::vector<Column> columns_;
    Html rows_;
};

}  // namespace freshet::scheduler::page
