// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "mirror/clone.hpp"

#include "mirror/files.hpp"
#include "mirror/rewrite.hpp"
#include "mirror/wish.hpp"
#include "source/idx_words.hpp"
#include "source/layout.hpp"

namespace gfs::mirror {
namespace {

/// 0 where the inventory does not tell it: of the last message, and of one that was not made from a file.
std::uint64_t size_in(const Inventory& inventory, std::uint64_t offset) {
    constexpr std::uint64_t smallest_message = 100;
    const auto size = inventory.end_of(offset).value_or(offset) - offset;
    return size < smallest_message ? 0 : size;
}

}  // namespace

std::uint64_t put_clone(const std::filesystem::path& folder, const Slot& slot, const Inventory& like, MessagePool& pool) {
    const auto path = grib_path(slot.cycle, slot.product, slot.lead);
    StagedFile file(folder / path);
    std::vector<idx::ScannedField> fields;
    std::uint64_t size = 0;
    for (auto field : wishes_like(like, slot)) {
        const auto message = rewritten(pool.for_field(field, size_in(like, field.offset)), field);
        file.append(message);
        field.offset = size;
        field.message = static_cast<int>(fields.size()) + 1;
        field.submessage = 0;
        fields.push_back(field);
        size += message.size();
    }
    file.commit(publication_time(slot));
    write_file(folder / index_path(slot.cycle, slot.product, slot.lead), idx::inventory_of(fields).text(),
               publication_time(slot));
    return size;
}

}  // namespace gfs::mirror
