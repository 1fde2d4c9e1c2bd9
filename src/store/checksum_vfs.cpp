// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/checksum_vfs.hpp"

#include "store/vfs_file.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <span>
#include <string_view>

namespace freshet::store {

namespace {

using Bytes = std::span<const unsigned char>;
using Methods = sqlite3_io_methods;

constexpr const char* vfs_name = "freshet-checksum";
constexpr std::size_t header_size = 100;
constexpr std::size_t reserved_bytes_offset = 20;
constexpr std::size_t smallest_page = 512;
constexpr std::size_t largest_page = 65536;

enum FileControl : int { has_checksums_control = 0x46720001, damaged_page_control, tolerate_control };

/// An open database; the real file follows it in memory.
struct ChecksumFile {
    sqlite3_file base;
    bool has_checksums;
    std::int64_t damaged_page;
    PageNumbers* tolerated;  ///< null: a damaged page is an error
};

ChecksumFile& state_of(sqlite3_file* file) { return *reinterpret_cast<ChecksumFile*>(file); }

sqlite3_vfs* real_vfs() { return sqlite3_vfs_find(nullptr); }

using Checksum = std::array<std::uint32_t, 2>;
static_assert(sizeof(Checksum) == page_checksum_size);

/// The sums that SQLite computes over its log: words in pairs, so that their order counts. They begin with the number
/// of the page, so that neither a page in a wrong place nor a block that the disk has lost, full of zeros, has the
/// right ones.
Checksum checksum_of(Bytes content, std::int64_t page) {
    Checksum sums{static_cast<std::uint32_t>(page), ~static_cast<std::uint32_t>(page)};
    Checksum words;
    const auto to_little_endian = [](Checksum& values) {
        if constexpr (std::endian::native == std::endian::big)
            for (std::uint32_t& value : values) value = __builtin_bswap32(value);
    };
    for (std::size_t i = 0; i < content.size(); i += sizeof words) {
        std::memcpy(words.data(), &content[i], sizeof words);
        to_little_endian(words);
        sums[0] += words[0] + sums[1];
        sums[1] += words[1] + sums[0];
    }
    to_little_endian(sums);
    return sums;
}

bool is_intact(Bytes page, std::int64_t number) {
    const auto sums = checksum_of(page.first(page.size() - page_checksum_size), number);
    return std::memcmp(sums.data(), page.last(page_checksum_size).data(), page_checksum_size) == 0;
}

bool is_page(std::size_t size) { return size >= smallest_page && size <= largest_page && std::has_single_bit(size); }

/// Takes note of what the header says, if this is it.
void look_for_header(ChecksumFile& file, Bytes content, sqlite3_int64 offset) {
    constexpr std::string_view magic = "SQLite format 3";
    if (offset != 0 || content.size() < header_size) return;
    file.has_checksums = std::memcmp(content.data(), magic.data(), magic.size()) == 0 &&
                         content[reserved_bytes_offset] == page_checksum_size;
}

int read(sqlite3_file* file, void* buffer, int size, sqlite3_int64 offset) {
    const int result = forward<ChecksumFile, &Methods::xRead>(file, buffer, size, offset);
    if (result != SQLITE_OK) return result;
    const Bytes content(static_cast<const unsigned char*>(buffer), static_cast<std::size_t>(size));
    ChecksumFile& state = state_of(file);
    look_for_header(state, content, offset);
    const std::int64_t page = offset / size + 1;
    if (!state.has_checksums || !is_page(content.size()) || is_intact(content, page)) return SQLITE_OK;
    if (state.tolerated) {
        state.tolerated->push_back(page);
        return SQLITE_OK;
    }
    state.damaged_page = page;
    return SQLITE_IOERR_DATA;
}

int write(sqlite3_file* file, const void* buffer, int size, sqlite3_int64 offset) {
    const Bytes content(static_cast<const unsigned char*>(buffer), static_cast<std::size_t>(size));
    ChecksumFile& state = state_of(file);
    look_for_header(state, content, offset);
    const auto write_through = [&](const void* bytes) {
        return forward<ChecksumFile, &Methods::xWrite>(file, bytes, size, offset);
    };
    if (!state.has_checksums || !is_page(content.size())) return write_through(buffer);
    std::array<unsigned char, largest_page> page;
    const std::size_t content_size = content.size() - page_checksum_size;
    const auto sums = checksum_of(content.first(content_size), offset / size + 1);
    std::memcpy(page.data(), content.data(), content_size);
    std::memcpy(page.data() + content_size, sums.data(), page_checksum_size);
    return write_through(page.data());
}

int control(sqlite3_file* file, int operation, void* argument) {
    switch (operation) {
        case has_checksums_control:
            *static_cast<bool*>(argument) = state_of(file).has_checksums;
            return SQLITE_OK;
        case damaged_page_control:
            *static_cast<std::int64_t*>(argument) = state_of(file).damaged_page;
            state_of(file).damaged_page = 0;
            return SQLITE_OK;
        case tolerate_control:
            state_of(file).tolerated = static_cast<PageNumbers*>(argument);
            return SQLITE_OK;
        default:
            return forward<ChecksumFile, &Methods::xFileControl>(file, operation, argument);
    }
}

constexpr Methods methods = [] {
    Methods changed = forwarding_methods<ChecksumFile>();
    changed.xRead = read;
    changed.xWrite = write;
    changed.xFileControl = control;
    return changed;
}();

int open(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
    sqlite3_vfs* const vfs = real_vfs();
    if ((flags & SQLITE_OPEN_MAIN_DB) != 0)
        return open_vfs_file<ChecksumFile>(vfs, name, file, flags, out_flags, methods);
    if ((flags & SQLITE_OPEN_WAL) != 0) return open_log_file(vfs, name, file, flags, out_flags);
    return vfs->xOpen(vfs, name, file, flags, out_flags);
}

/// The default VFS at the time of the first call lends the rest; open() asks for it anew.
sqlite3_vfs* register_vfs() {
    static sqlite3_vfs vfs;
    vfs = *real_vfs();
    vfs.zName = vfs_name;
    vfs.szOsFile += static_cast<int>(std::max(sizeof(ChecksumFile), log_file_size));
    vfs.xOpen = open;
    sqlite3_vfs_register(&vfs, 0);
    return &vfs;
}

int file_control(sqlite3* connection, int operation, void* argument) {
    return sqlite3_file_control(connection, "main", operation, argument);
}

}  // namespace

const char* checksum_vfs() {
    static const sqlite3_vfs* const vfs = register_vfs();
    return vfs->zName;
}

void reserve_page_checksums(sqlite3* connection) {
    int size = page_checksum_size;
    file_control(connection, SQLITE_FCNTL_RESERVE_BYTES, &size);
}

bool has_page_checksums(sqlite3* connection) {
    bool has_checksums = true;
    file_control(connection, has_checksums_control, &has_checksums);
    return has_checksums;
}

std::int64_t damaged_page(sqlite3* connection) {
    std::int64_t page = 0;
    file_control(connection, damaged_page_control, &page);
    return page;
}

void tolerate_damaged_pages(sqlite3* connection, PageNumbers& pages) {
    file_control(connection, tolerate_control, &pages);
}

}  // namespace freshet::store
