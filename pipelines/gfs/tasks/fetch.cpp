// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "source/selection.hpp"
#include "tasks/lead_tasks.hpp"
#include "tasks/origin.hpp"
#include "tasks/upstream_of.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace gfs {

namespace {

/// Writes messages one after the other; starts over with an empty file when the source does.
class MessageFile {
public:
    MessageFile(const std::filesystem::path& path, freshet::Context& context) : path_(path), context_(context) {}

    MessageSink start() {
        out_.close();
        out_.clear();
        out_.open(path_, std::ios::binary | std::ios::trunc);
        return [this](std::string_view message, std::uint64_t done, std::uint64_t total) {
            if (context_.cancelled()) throw freshet::TransientError(fmt::format("write '{}': asked to stop", path_.string()));
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

/// Fetches what `select` chooses from a lead's file into `path`.
Taken fetch(const Wanted& wanted, int lead, const FetchInventory& inventory, const std::filesystem::path& path,
            const std::function<std::vector<Entry>(const Inventory&)>& select, freshet::Context& context) {
    const auto [note, entries] = inventory.output();
    const LeadFile found{source_file_from_json(freshet::Json::parse(note.read())),
                         Inventory::parse(entries.read(), entries.path().string())};
    MessageFile file(path, context);
    Taken taken = upstream_of(wanted, context)
                      .fetch({wanted.cycle, wanted.product, lead}, found,
                             {.select = select, .start = [&file] { return file.start(); }});
    file.finish();
    const auto requests = taken.download.requests;
    context.log(fmt::format("{} messages, {} bytes in {} request{} from '{}'", taken.download.messages,
                            taken.download.transferred, requests, requests == 1 ? "" : "s", taken.file.address()));
    return taken;
}

Origin origin_of(const Taken& taken) {
    return Origin::of(taken.file, taken.entries);
}

}  // namespace

void FetchInventory::run(freshet::Context& context) const {
    const LeadFile found = upstream_of(*this, context).find({cycle, product, lead});
    const auto [note, inventory] = output();
    note.write(to_json(found).pretty());
    inventory.write(found.inventory.text());
}

void FetchMessages::run(freshet::Context& context) const {
    const auto selection = Selection::named(variables, levels);
    const auto select = [&](const Inventory& inventory) {
        auto entries = selection.of(inventory);
        if (!entries.empty()) return entries;
        const std::string on_levels = levels == Levels{} ? "" : fmt::format(" on the levels '{}'", levels.text());
        throw freshet::Error(fmt::format("select '{}'{} from lead {}: none of its {} messages is wanted", variables,
                                         on_levels, lead, inventory.message_count()));
    };

    const auto [note, messages] = output();
    messages.create([&](const auto& temporary) {
        const Taken taken = fetch(*this, lead, requirements(), temporary, select, context);
        for (const auto& pattern : selection.without_match(taken.file.inventory)) {
            if (variables != "portal") context.log(fmt::format("no field matches '{}'", pattern));
        }
        note.write(origin_of(taken).text());
    });
}

void FetchSums::run(freshet::Context& context) const {
    const auto selection = Selection::named(variables, levels);
    const auto [note, sums] = output();
    sums.create([&](const auto& temporary) {
        const auto select = [&](const Inventory& inventory) { return selection.sums_of(inventory); };
        const Taken taken = fetch(*this, lead, requirements(), temporary, select, context);
        if (taken.entries.empty()) context.warn(fmt::format("lead {} has no sums", lead));
        note.write(origin_of(taken).text());
    });
}

}  // namespace gfs
