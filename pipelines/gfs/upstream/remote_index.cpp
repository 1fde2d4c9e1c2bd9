// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/remote_index.hpp"

#include "grib/scan.hpp"
#include "inventory/inventory.hpp"

#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gfs {
namespace {

/// Reads a remote file through a window: small messages share a request, large ones are skipped.
class WindowedReader final : public ByteReader {
public:
    WindowedReader(Source& source, const std::string& path, std::uint64_t length, std::uint64_t request_size)
        : source_(source), path_(path), length_(length), request_size_(request_size) {}

    std::uint64_t size() const override { return length_; }
    Octets read(std::uint64_t at, std::uint64_t count) override {
        if (count > length_ || at > length_ - count) throw freshet::Error("it is truncated at the end of the file");
        if (at < begin_ || at + count > begin_ + bytes_.size()) {
            begin_ = at;
            bytes_ = source_.get(path_, {at, std::min(length_, at + std::max(request_size_, count))});
        }
        return octets_of(bytes_).subspan(at - begin_, count);
    }

private:
    Source& source_;
    const std::string& path_;
    std::uint64_t length_;
    std::uint64_t request_size_;
    std::uint64_t begin_ = 0;
    std::string bytes_;
};

}  // namespace

Inventory index_remote_file(Source& source, const std::string& path, std::uint64_t length, Cycle cycle,
                            std::uint64_t request_size) {
    if (length == 0) throw BrokenFile(fmt::format("index '{}': the file is empty", source.address(path)));
    WindowedReader reader(source, path, length, request_size);
    try {
        return inventory_of(scan(reader, cycle));
    } catch (const freshet::TransientError&) {
        throw;  // a failed request
    } catch (const freshet::Error& error) {
        throw BrokenFile(fmt::format("index '{}': {}", source.address(path), error.what()));
    }
}

}  // namespace gfs
