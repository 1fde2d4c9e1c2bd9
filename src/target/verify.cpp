// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/verify.hpp"

#include "base/files.hpp"
#include "freshet/error.hpp"
#include "target/receipt.hpp"

#include <fmt/format.h>

#include <optional>

namespace freshet::target {

namespace {

using std::filesystem::path;

/// Describes a difference in content, or returns "".
std::string content_finding(const path& output, const Content& published) {
    const Content now = content_of(output);
    if (now.size != published.size)
        return fmt::format("'{}' has {} bytes, but {} were published", output.string(), now.size, published.size);
    if (now.sha256 != published.sha256)
        return fmt::format("'{}' has changed: its SHA-256 is {}, but {} was published", output.string(), now.sha256,
                           published.sha256);
    return {};
}

/// An input that is gone is no finding: intermediate files may be deleted once they were used.
std::string input_finding(const path& output, const Input& input) {
    if (!input.content) return {};
    const auto receipt = read_receipt(input.address);
    if (!receipt || receipt->content == *input.content) return {};
    return fmt::format("'{}' was made from '{}', which has changed since: its SHA-256 was {} and is {}",
                       output.string(), input.address, input.content->sha256, receipt->content.sha256);
}

std::vector<std::string> findings(const path& output) {
    if (!exists_at(output)) return {fmt::format("'{}' is missing", output.string())};
    const auto receipt = read_receipt(output);
    if (!receipt) return {fmt::format("'{}' has no receipt: somebody else made it", output.string())};
    std::vector<std::string> found{content_finding(output, receipt->content)};
    for (const Input& input : receipt->provenance.inputs) found.push_back(input_finding(output, input));
    std::erase(found, "");
    return found;
}

std::vector<std::string> findings_or_error(const path& output) {
    try {
        return findings(output);
    } catch (const Error& error) {
        return {error.what()};
    }
}

}  // namespace

std::vector<std::string> verify(const AnyTask& task) {
    std::vector<std::string> all;
    for (const AnyTarget& output : task.outputs()) {
        if (!output.path()) continue;
        for (std::string& finding : findings_or_error(*output.path())) all.push_back(std::move(finding));
    }
    return all;
}

}  // namespace freshet::target
