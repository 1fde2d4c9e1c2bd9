// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/selection.hpp"
#include "tasks/lead_tasks.hpp"
#include "tasks/provenance.hpp"
#include "upstream/upstream.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace gfs {

namespace {

/// Writes messages one after the other; starts over with an empty file when the download restarts.
class MessageFile {
public:
    MessageFile(const std::filesystem::path& path, freshet::Context& context) : path_(path), context_(context) {}

    MessageSink start() {
        out_.close();
        out_.clear();
        out_.open(path_, std::ios::binary | std::ios::trunc);
        return [this](std::string_view message, std::uint64_t done, std::uint64_t total) {
            if (context_.cancelled())
                throw freshet::TransientError(fmt::format("write '{}': cancelled", path_.string()));
            if (!out_.write(message.data(), static_cast<std::streamsize>(message.size()))) fail();
            context_.progress(static_cast<double>(done) / static_cast<double>(total));
        };
    }

    void finish() {
        if (!out_.flush()) fail();
    }

private:
    [[noreturn]] void fail() const {
        throw freshet::Error(fmt::format("write '{}': {}", path_.string(), std::strerror(errno)));
    }

    const std::filesystem::path& path_;
    freshet::Context& context_;
    std::ofstream out_;
};

/// Downloads the messages that `select` chooses from a lead's file into `path`.
FetchResult fetch(const CycleParameters& parameters, int lead, const FetchInventory& inventory,
                  const std::filesystem::path& path, const std::function<std::vector<Entry>(const Inventory&)>& select,
                  freshet::Context& context) {
    const auto [record, entries] = freshet::outputs(inventory);
    const ForecastFile found{source_file_from_json(freshet::Json::parse(record.read())),
                             Inventory::parse(entries.read(), entries.path().string())};
    MessageFile file(path, context);
    FetchResult result =
        make_upstream(parameters, context).fetch(parameters.file(lead), found, {.select = select, .make_sink = [&file] {
                                                                                    return file.start();
                                                                                }});
    file.finish();
    const auto requests = result.plan.requests.size();
    context.log(fmt::format("{} messages, {} bytes in {} request{} from '{}'", result.plan.messages,
                            result.plan.transferred_bytes, requests, requests == 1 ? "" : "s", result.file.address()));
    return result;
}

SourceRecord make_source_record(const FetchResult& result) {
    return SourceRecord::from(result.file, result.plan.entries);
}

/// The texts of patterns that no message of a lead matches, without those that analyses lack by nature.
std::vector<std::string> texts_of(const std::vector<Pattern>& unmatched, int lead) {
    std::vector<std::string> texts;
    for (const Pattern& pattern : unmatched)
        if (lead > 0 || !may_be_absent_from_analyses(pattern)) texts.push_back(pattern.text());
    return texts;
}

}  // namespace

Upstream make_upstream(const CycleParameters& parameters, freshet::Context& context) {
    return Upstream(
        parameters.source,
        {.client = context.http(),
         .clock = context.clock(),
         .cache_folder = parameters.source_memory.empty() ? parameters.root / ".freshet" : parameters.source_memory,
         .truncated_files = parameters.accept_short ? TruncatedFiles::accepted : TruncatedFiles::rejected,
         .cancelled = [&context] { return context.cancelled(); },
         .model = find_product(parameters.product).model});
}

void FetchInventory::run(freshet::Context& context) const {
    claim_dataset(*this);
    const ForecastFile found = make_upstream(*this, context).find(file(lead));
    const auto [record, inventory] = output();
    record.write(to_json(found).pretty());
    inventory.write(found.inventory.text());
}

void FetchMessages::run(freshet::Context& context) const {
    const auto selection = Selection::parse(variables, levels);
    const bool may_lack_variables = variables == "portal" || variables == "all";
    std::vector<std::string> unmatched;
    const auto select = [&](const Inventory& inventory) {
        auto entries = selection.select(inventory);
        unmatched = texts_of(selection.unmatched_patterns(inventory), lead);
        auto required = texts_of(selection.unmatched_levels(inventory), lead);
        unmatched.insert(unmatched.end(), required.begin(), required.end());
        if (!may_lack_variables) required = unmatched;
        if (entries.empty()) {
            const std::string on_levels = levels == Levels{} ? "" : fmt::format(" on the levels '{}'", levels.text());
            throw freshet::Error(fmt::format("select '{}'{} from lead {}: none of its {} messages matches", variables,
                                             on_levels, lead, inventory.message_count()));
        }
        if (!required.empty() && !optional)
            throw freshet::Error(
                fmt::format("select from lead {}: none of its {} messages matches '{}'; pass --optional to do without",
                            lead, inventory.message_count(), fmt::join(required, "', '")));
        return entries;
    };

    const auto [record, messages] = output();
    messages.create([&](const auto& temporary) {
        const FetchResult result = fetch(*this, lead, requirements(), temporary, select, context);
        SourceRecord source_record = make_source_record(result);
        source_record.unmatched = unmatched;
        record.write(source_record.text());
    });
}

void FetchSums::run(freshet::Context& context) const {
    const auto selection = Selection::parse(variables, levels);
    const auto [record, accumulations] = output();
    accumulations.create([&](const auto& temporary) {
        const auto select = [&](const Inventory& inventory) { return selection.select_accumulations(inventory); };
        const FetchResult result = fetch(*this, lead, requirements(), temporary, select, context);
        if (result.plan.entries.empty()) context.warn(fmt::format("lead {} has no accumulations", lead));
        record.write(make_source_record(result).text());
    });
}

}  // namespace gfs
