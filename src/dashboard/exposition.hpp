// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace freshet::scheduler::page {

/// Numbers in the text format of Prometheus, family by family.
class PrometheusWriter {
public:
    using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    /// Begins a family; `type` is counter, gauge or histogram.
    void family(std::string_view name, std::string_view type, std::string_view help);
    /// A sample of the family begun last; `suffix` is for the parts of a histogram.
    void sample(Labels labels, double value, std::string_view suffix = "");

    const std::string& text() const { return text_; }

private:
    std::string name_;
    std::string text_;
};

}  // namespace freshet::scheduler::page
