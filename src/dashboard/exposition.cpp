// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/exposition.hpp"

#include "base/utf8.hpp"

#include <fmt/format.h>

#include <cmath>

namespace freshet::scheduler::page {

namespace {

std::string escaped(std::string_view value) {
    std::string text;
    for (const char c : valid_utf8(value)) {
        if (c == '\\' || c == '"') text += '\\';
        text += c == '\n' ? std::string("\\n") : std::string(1, c);
    }
    return text;
}

std::string format_value(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    return fmt::format("{}", value);
}

}  // namespace

void PrometheusWriter::family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    text_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

void PrometheusWriter::sample(Labels labels, double value, std::string_view suffix) {
    text_ += name_;
    text_ += suffix;
    std::string_view before = "{";
    for (const auto& [name, text] : labels) {
        text_ += fmt::format("{}{}=\"{}\"", before, name, escaped(text));
        before = ",";
    }
    if (labels.size() > 0) text_ += "}";
    text_ += fmt::format(" {}\n", format_value(value));
}

}  // namespace freshet::scheduler::page
