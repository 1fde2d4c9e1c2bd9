// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "upstream/upstream.hpp"

#include "inventory/selection.hpp"
#include "real_data.hpp"
#include "simulator/publish.hpp"
#include "support/fake_clock.hpp"
#include "support/temp_dir.hpp"

#include "freshet/file.hpp"
#include "freshet/text.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <cstdio>

using namespace std::chrono_literals;

namespace {

const gfs::Cycle cycle = std::chrono::sys_days{2025y / 8 / 1} + 0h;

/// Serves a real inventory and a file with empty but whole messages at its offsets.
class InventoryServer final : public freshet::http::Client {
public:
    explicit InventoryServer(std::string idx)
        : idx_(std::move(idx)),
          inventory_(gfs::Inventory::parse(idx_, "idx")),
          length_(inventory_.last_offset() + 700'000) {}

    freshet::http::Response send(const freshet::http::Request& request) override {
        freshet::http::Response response{.headers = {{"Last-Modified", freshet::format_http_date(cycle + 4h)}}};
        std::size_t first = 0, last = 0;
        if (request.url.ends_with(".idx")) {
            response.body = idx_;
        } else if (request.method == "HEAD") {
            response.headers.emplace_back("Content-Length", std::to_string(length_));
        } else if (std::sscanf(request.headers.at(0).second.c_str(), "bytes=%zu-%zu", &first, &last) == 2) {
            response.status = 206;
            response.headers.emplace_back("Content-Range", fmt::format("bytes {}-{}/{}", first, last, length_));
            response.body = bytes(first, last + 1);
            ++ranges;
            transferred += response.body.size();
        }
        return response;
    }

    std::uint64_t length() const { return length_; }

    int ranges = 0;
    std::uint64_t transferred = 0;

private:
    /// Ranges begin at messages; of the last one, section 0 alone may be requested.
    std::string bytes(std::uint64_t begin, std::uint64_t end) const {
        std::string all(end - begin, '\0');
        for (auto at = begin; at < end; at = inventory_.end_of(at).value_or(length_)) {
            const auto size = inventory_.end_of(at).value_or(length_) - at;
            std::string head("GRIB\0\0\0\2", 8);
            for (int shift = 56; shift >= 0; shift -= 8) head += static_cast<char>(size >> shift);
            all.replace(at - begin, head.size(), head);
            if (at + size <= end) all.replace(at + size - 4 - begin, 4, "7777");
        }
        return all;
    }

    std::string idx_;
    gfs::Inventory inventory_;
    std::uint64_t length_;
};

}  // namespace

TEST_CASE("the portal selection of a 0.25 degree lead needs at most 20 ranged requests and 8 percent of the file",
          "[gfs]") {
    const auto idx = gfs::test::real_file("idx/reform.gfs.t00z.pgrb2.0p25.f007.idx");
    if (!idx) return;
    InventoryServer server(freshet::read_file(*idx));
    const freshet::test::TempDir folder;
    const freshet::test::FakeClock clock;
    gfs::Upstream upstream("aws", {.client = server, .clock = clock, .cache_folder = folder.path()});
    const gfs::FileKey key{cycle, "pgrb2.0p25", 7};
    int messages = 0;
    const auto select = [](const gfs::Inventory& inventory) {
        return gfs::Selection::parse("portal").select(inventory);
    };
    const auto make_sink = [&messages] {
        return [&messages](std::string_view, std::uint64_t, std::uint64_t) { ++messages; };
    };
    const auto found = upstream.find(key);
    CHECK(found.inventory.message_count() == 743);
    upstream.fetch(key, found, {.select = select, .make_sink = make_sink});
    CHECK(messages == 54);
    CHECK(server.ranges <= 20);
    CHECK(server.transferred < server.length() * 8 / 100);
}
