// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/damage.hpp"

#include "freshet/error.hpp"
#include "store/database.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <utility>

namespace freshet::store {

namespace fs = std::filesystem;

namespace {

struct Table {
    std::string_view name;
    std::string_view record;  ///< noun of a row
    std::string_view label;   ///< SQL expression of the name of a row
    std::string_view key;     ///< SQL expression by which rows are found
};

constexpr std::array checked_tables = {
    Table{"tasks", "task", "task_id", "position"},
    Table{"workers", "worker", "worker_id", "worker_id"},
    Table{"meta", "setting", "key", "key"},
    Table{"runs", "run", "run_id", "rowid"},
    Table{"attempts", "attempt at", "task_id", "id"},
    Table{"history", "state change of", "task_id", "id"},
    Table{"outbox", "event", "event_id", "position"},
    Table{"sinks", "sink", "name", "name"},
    Table{"deliveries", "delivery to", "sink", "(position, sink)"},
};

std::string finding_of(const PageNumbers& pages, const std::string& structure) {
    if (pages.empty()) return structure;
    const auto shown = std::span(pages).first(std::min<std::size_t>(pages.size(), 10));
    return fmt::format("page{} {}{} {} from {}", pages.size() > 1 ? "s" : "", fmt::join(shown, ", "),
                       pages.size() > shown.size() ? fmt::format(" and {} more", pages.size() - shown.size()) : "",
                       pages.size() > 1 ? "differ" : "differs", pages.size() > 1 ? "their checksums" : "its checksum");
}

/// Two connections to one state: one reads whatever is there, the other fails at what is damaged.
class Examination {
public:
    explicit Examination(const fs::path& state)
        : lenient_(Database::open(state, OpenMode::read_only)), strict_(Database::open(state, OpenMode::read_only)) {
        lenient_.tolerate_damaged_pages(pages_);
    }

    std::optional<Damage> run() {
        const auto structure = structure_finding();
        std::ranges::sort(pages_);
        pages_.erase(std::unique(pages_.begin(), pages_.end()), pages_.end());
        if (pages_.empty() && structure == "ok") return std::nullopt;
        damage_.finding = finding_of(PageNumbers(pages_), structure);
        for (const Table& table : checked_tables) collect_records(table);
        return std::move(damage_);
    }

private:
    std::string structure_finding() const {
        try {
            return lenient_.prepare("PRAGMA integrity_check(1)").first<std::string>().value_or("no answer");
        } catch (const StoreError& error) {
            return error.what();
        }
    }

    void collect_records(const Table& table) {
        const bool is_pair = table.key.starts_with('(');
        try {
            auto row = strict_.prepare(
                fmt::format("SELECT * FROM {} WHERE {} = {}", table.name, table.key, is_pair ? "(?, ?)" : "?"));
            const auto keys = fmt::format("SELECT {}, {} FROM {}", table.label,
                                          is_pair ? table.key.substr(1, table.key.size() - 2) : table.key, table.name);
            lenient_.prepare(keys).each([&](const Row& found) {
                const auto name = found.get<std::string>(0);
                try {
                    const auto key = found.get<std::string>(1);
                    if (is_pair)
                        row.each([](const Row&) {}, key, found.get<std::string>(2));
                    else
                        row.each([](const Row&) {}, key);
                } catch (const StoreError&) {
                    damage_.records.push_back(fmt::format("{} '{}'", table.record, name));
                }
            });
        } catch (const StoreError& error) {
            damage_.records.push_back(fmt::format("table {}, as a whole ({})", table.name, error.what()));
        }
    }

    PageNumbers pages_;
    Database lenient_, strict_;
    Damage damage_;
};

std::string text_of(const Damage& damage, std::size_t limit) {
    if (damage.records.empty()) return damage.finding + ", with no record in it";
    const auto shown = std::span(damage.records).first(std::min(damage.records.size(), limit));
    const std::size_t rest = damage.records.size() - shown.size();
    return fmt::format("{}: {}{}", damage.finding, fmt::join(shown, ", "),
                       rest > 0 ? fmt::format(" and {} more, named by 'freshet check-state'", rest) : "");
}

}  // namespace

std::string Damage::summary() const { return text_of(*this, 20); }

std::string Damage::text() const { return text_of(*this, records.size()); }

std::optional<Damage> find_damage(const fs::path& state) { return Examination(state).run(); }

}  // namespace freshet::store
