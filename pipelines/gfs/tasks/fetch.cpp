// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "source/download.hpp"
#include "source/layout.hpp"
#include "source/selection.hpp"
#include "tasks/lead_tasks.hpp"
#include "tasks/origin.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace gfs {

void FetchInventory::run(freshet::Context& context) const {
    const auto from = make_source(source, context.http());
    output().write(fetch_inventory(*from, index_path(cycle, product, lead), cycle).text());
}

void FetchMessages::run(freshet::Context& context) const {
    const auto from = make_source(source, context.http());
    const std::string path = grib_path(cycle, product, lead);
    const auto inventory = Inventory::parse(freshet::inputs(*this).read(), freshet::inputs(*this).path().string());
    const auto selection = Selection::named(variables, levels);
    const auto wanted = selection.of(inventory);
    for (const auto& pattern : selection.without_match(inventory)) {
        if (variables != "portal") context.log(fmt::format("no field matches '{}'", pattern));
    }
    if (wanted.empty())
        throw freshet::Error(fmt::format("select '{}' from '{}': none of its {} messages is wanted", variables,
                                         from->address(path), inventory.message_count()));

    const auto [note, messages] = output();
    messages.create([&](const auto& temporary) {
        std::ofstream out(temporary, std::ios::binary);
        const Download got = download(*from, path, inventory, wanted, {}, [&](auto message, auto done, auto total) {
            if (context.cancelled()) throw freshet::TransientError(fmt::format("get '{}': asked to stop", from->address(path)));
            if (!out.write(message.data(), static_cast<std::streamsize>(message.size())))
                throw freshet::Error(fmt::format("write '{}': {}", temporary.string(), std::strerror(errno)));
            context.progress(static_cast<double>(done) / static_cast<double>(total));
        });
        if (!out.flush()) throw freshet::Error(fmt::format("write '{}': {}", temporary.string(), std::strerror(errno)));
        note.write(Origin::of(from->address(path), got.file, wanted).text());
        context.log(fmt::format("{} messages, {} bytes in {} requests", got.messages, got.transferred, got.requests));
    });
}

}  // namespace gfs
