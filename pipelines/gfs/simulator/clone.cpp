// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/clone.hpp"

#include "inventory/product_layout.hpp"
#include "inventory/wgrib2_names.hpp"
#include "simulator/files.hpp"
#include "simulator/rewrite.hpp"
#include "simulator/wish.hpp"

namespace gfs::simulator {
namespace {

/// 0 where the inventory does not tell it: of the last message, and of one that was not made from a file.
std::uint64_t message_size(const Inventory& inventory, std::uint64_t offset) {
    constexpr std::uint64_t smallest_message = 100;
    const auto size = inventory.end_of(offset).value_or(offset) - offset;
    return size < smallest_message ? 0 : size;
}

}  // namespace

std::uint64_t publish_clone(const std::filesystem::path& folder, const FileKey& key, const Inventory& like,
                            MessagePool& pool) {
    const auto path = grib_path(key);
    StagedFile file(folder / path);
    std::vector<idx::ScannedField> fields;
    std::uint64_t size = 0;
    for (auto field : inventory_fields(like, key)) {
        const auto message = rewrite_message(pool.best_match(field, message_size(like, field.offset)), field);
        file.append(message);
        field.offset = size;
        field.message = static_cast<int>(fields.size()) + 1;
        field.submessage = 0;
        fields.push_back(field);
        size += message.size();
    }
    file.commit(publication_time(key));
    write_file(folder / index_path(key), idx::inventory_of(fields).text(),
               publication_time(key));
    return size;
}

}  // namespace gfs::simulator
