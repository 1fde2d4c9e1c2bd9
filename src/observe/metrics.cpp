// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/metrics.hpp"

#include "base/time.hpp"
#include "base/utf8.hpp"

#include <fmt/format.h>

#include <cmath>

namespace freshet {

namespace {

std::string escaped_label_value(std::string_view value) {
    std::string text;
    for (const char c : valid_utf8(value)) {
        if (c == '\\' || c == '"') text += '\\';
        text += c == '\n' ? std::string("\\n") : std::string(1, c);
    }
    return text;
}

std::string format_sample_value(double value) {
    if (std::isnan(value)) return "NaN";
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    return fmt::format("{}", value);
}

}  // namespace

void MetricsWriter::family(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    text_ += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

void MetricsWriter::sample(const MetricLabels& labels, double value, std::string_view suffix) {
    text_ += name_;
    text_ += suffix;
    std::string_view before = "{";
    for (const MetricLabels* part : {&std::as_const(common_), &labels})
        for (const auto& [name, text] : *part) {
            text_ += fmt::format("{}{}=\"{}\"", before, name, escaped_label_value(text));
            before = ",";
        }
    if (before == ",") text_ += "}";
    text_ += fmt::format(" {}\n", format_sample_value(value));
}

void MetricsWriter::sample(const MetricLabels& labels, Time time) { sample(labels, epoch_seconds(time)); }

}  // namespace freshet
