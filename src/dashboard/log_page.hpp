// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/page_query.hpp"
#include "dashboard/snapshot.hpp"
#include "freshet/json.hpp"
#include "store/attempt_log_store.hpp"
#include "store/history.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace freshet::dashboard {

/// Which part of which log of a task is asked for.
struct LogQuery {
    std::optional<int> attempt{};           ///< none: the newest log
    std::string run{};                      ///< that made the attempt; empty: the newest of that number
    std::optional<std::uint64_t> offset{};  ///< none: the end of the log
    bool is_text = false;                   ///< the log alone, in place of JSON

    static LogQuery read(PageQuery& query);
    /// The query of a part, from which read() makes it again.
    std::string address() const;
};

/// A part of a log, at most so many bytes.
struct LogPageData {
    std::string task_id{};
    std::string name{};  ///< of the task
    store::LogView log{};
    std::vector<store::AttemptLogKey> logs{};    ///< all of the task, the newest first
    std::optional<store::AttemptRow> attempt{};  ///< as the history has it
    Time taken{};
    std::string version{};

    bool is_at_end() const { return log.piece.end == log.end; }
    /// The note before the first line: the number of bytes left out there; empty: none are.
    std::string begin_note() const;
    /// The note after the last line: the attempt runs, or its worker was lost; empty: none.
    std::string end_note() const;
};

inline constexpr std::size_t log_piece_size = 128u << 10;

/// The log that is asked for; nothing if there is none.
std::optional<store::AttemptLogKey> find_log(const std::vector<store::AttemptLogKey>& logs, const LogQuery& query);

/// Renders the part, with links to the others.
std::string log_page(const LogPageData& data);
Json log_json(const LogPageData& data);
/// The part as it was logged; says what is left out before and how it ends.
std::string log_text(const LogPageData& data, const LogQuery& query);

/// The address of a log, from "/task/".
std::string log_address(const store::AttemptLogKey& key);

}  // namespace freshet::dashboard
