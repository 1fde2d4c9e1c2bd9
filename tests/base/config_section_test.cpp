// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/config_section.hpp"

#include <catch2/catch.hpp>

using namespace freshet;

namespace {

struct Limits {
    std::int64_t size = 0;
    bool strict = false;
    std::optional<std::string> label{};
};

std::string read_label(std::string_view text) {
    if (text.empty()) throw ParameterError("'' is not a label");
    return std::string(text);
}

constexpr ConfigKey<Limits> keys[] = {
    config_key<&Limits::size>("max_size"),
    config_key<&Limits::strict>("strict"),
    config_key<&Limits::label, read_label>("label"),
};
constexpr ConfigSection<Limits> section{"limits", keys};

}  // namespace

TEST_CASE("a key sets the member of its row, ignoring case and dashes", "[config]") {
    Limits limits;
    section.set(limits, "Max-Size", "7");
    section.set(limits, "strict", "true");
    section.set(limits, "label", "x");
    CHECK(limits.size == 7);
    CHECK(limits.strict);
    CHECK(limits.label == "x");
    CHECK(section.key_names() == std::vector<std::string>{"max_size", "strict", "label"});
}

TEST_CASE("an error of a key names the section, the key and the nearest one", "[config]") {
    Limits limits;
    CHECK_THROWS_WITH(section.set(limits, "max-sise", "7"), "[limits] has no key 'max-sise'; did you mean 'max_size'?");
    CHECK_THROWS_WITH(section.set(limits, "Label", ""), "[limits] label: '' is not a label");
    CHECK_THROWS_AS(section.set(limits, "strict", "perhaps"), ParameterError);
}
