// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/lineage.hpp"

#include "freshet/digest.hpp"
#include "target/workbench.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace freshet;
using namespace freshet::target;
using freshet::test::StagingFixture;
using namespace std::chrono_literals;

namespace {

struct Given {
    std::filesystem::path file{};
    static constexpr TaskKind kind = TaskKind::external;
    static constexpr Parameter parameters[] = {param<&Given::file>("which")};
    LocalTarget output() const { return LocalTarget(file); }
};

/// A file "in" that others made, and the lineage of what is made from it.
struct ForeignInput : StagingFixture {
    /// Overwrites the input with a modification time so long after the first.
    void write(const std::string& content, std::chrono::seconds later) const {
        std::ofstream(dir / "in") << content;
        std::filesystem::last_write_time(dir / "in", first + later);
    }

    Receipt receipt() {
        add_digests(inputs, digests);
        return {{}, {.family = "Make", .task_id = "t", .inputs = inputs}};
    }

    std::vector<std::string> stale(const Receipt& receipt, Reading reading = Reading::if_modified) const {
        DigestCache own;
        return stale_inputs(dir / "out", receipt, reading, own);
    }

    std::filesystem::file_time_type first = std::filesystem::file_time_type::clock::now() - 24h;
    DigestCache digests{};
    std::vector<Input> inputs = (write("content", 0s), lineage_of({Given{dir / "in"}}));
};

}  // namespace

TEST_CASE("a receipt holds size, time and digest of an input that others made", "[target]") {
    ForeignInput foreign;
    const Input input = foreign.receipt().provenance.inputs.at(0);
    CHECK(input.content == Content{7, sha256("content")});
    CHECK(input.modified == modified_at(foreign / "in"));
}

TEST_CASE("an output is stale when an input that others made has other bytes or another size", "[target]") {
    ForeignInput foreign;
    const Receipt receipt = foreign.receipt();
    CHECK(foreign.stale(receipt).empty());
    foreign.write("CONTENT", 1s);
    const auto found = foreign.stale(receipt);
    REQUIRE(found.size() == 1);
    CHECK_THAT(found[0],
               Catch::Contains("out' was made from '") && Catch::Contains("in', which has changed since: its"));
    foreign.write("more content", 0s);
    CHECK_THAT(foreign.stale(receipt).at(0), Catch::EndsWith("it had 7 bytes and has 12"));
}

TEST_CASE("an input that was only touched makes nothing stale", "[target]") {
    ForeignInput foreign;
    const Receipt receipt = foreign.receipt();
    foreign.write("content", 1h);
    CHECK(foreign.stale(receipt).empty());
}

TEST_CASE("other bytes of the same size and time are found by those who read them", "[target]") {
    ForeignInput foreign;
    const Receipt receipt = foreign.receipt();
    foreign.write("CONTENT", 0s);
    CHECK(foreign.stale(receipt).empty());
    CHECK(foreign.stale(receipt, Reading::always).size() == 1);
}

TEST_CASE("an input that changed while it was used makes its output stale", "[target]") {
    ForeignInput foreign;
    foreign.write("CONTENT", 1s);
    const Receipt receipt = foreign.receipt();
    CHECK_FALSE(receipt.provenance.inputs.at(0).content);
    CHECK(foreign.stale(receipt).size() == 1);
}

TEST_CASE("an input that is gone makes nothing stale", "[target]") {
    ForeignInput foreign;
    const Receipt receipt = foreign.receipt();
    std::filesystem::remove(foreign / "in");
    CHECK(foreign.stale(receipt).empty());
}

TEST_CASE("a large input without receipt is compared by its time and size", "[target]") {
    ForeignInput foreign;
    std::filesystem::resize_file(foreign / "in", (std::uintmax_t{1} << 30) + 1);  // a hole: no disk is used
    std::filesystem::last_write_time(foreign / "in", foreign.first);
    foreign.inputs = lineage_of({Given{foreign / "in"}});
    const Receipt receipt = foreign.receipt();
    CHECK(receipt.provenance.inputs.at(0).content->sha256.empty());
    CHECK(foreign.stale(receipt).empty());
    std::filesystem::last_write_time(foreign / "in", foreign.first + 1s);
    CHECK(foreign.stale(receipt).size() == 1);
}

TEST_CASE("an input that many attempts use is read once, until it changes", "[target]") {
    ForeignInput foreign;
    const Time modified = modified_at(foreign / "in").value();
    CHECK(foreign.digests.sha256(foreign / "in", 7, modified) == sha256("content"));
    foreign.write("CONTENT", 0s);
    CHECK(foreign.digests.sha256(foreign / "in", 7, modified) == sha256("content"));
    CHECK(foreign.digests.sha256(foreign / "in", 7, modified + 1s) == sha256("CONTENT"));
}
