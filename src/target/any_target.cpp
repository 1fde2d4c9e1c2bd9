// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/any_target.hpp"

#include "freshet/error.hpp"
#include "target/receipt.hpp"

#include <fmt/format.h>

namespace freshet {

namespace {

/// The file that a target of a class without receipts may be made of: a compressed one, for instance.
std::optional<LocalTarget> file_at(const std::string& address) {
    return address.starts_with('/') ? std::optional(LocalTarget(address)) : std::nullopt;
}

}  // namespace

std::shared_ptr<const void> detail::shared(const void* object, void (*destroy)(const void*)) {
    return {object, destroy};
}

std::optional<Json> AnyTarget::receipt() const {
    if (has_receipts()) return type_->receipt(target_.get());
    const auto file = file_at(address_);
    return file ? file->receipt() : std::nullopt;
}

std::optional<Content> AnyTarget::content() const {
    if (has_receipts()) return type_->content(target_.get());
    const auto file = file_at(address_);
    return file ? file->content() : std::nullopt;
}

std::vector<bool> AnyTarget::exist(std::span<const AnyTarget* const> targets) {
    if (targets.empty()) return {};
    std::vector<const void*> all;
    all.reserve(targets.size());
    for (const AnyTarget* target : targets) all.push_back(target->target_.get());
    std::vector<bool> found = targets.front()->type_->exist(all);
    if (found.size() != targets.size())
        throw Error(fmt::format("ask for {} targets like '{}': exist() answered for {}", targets.size(),
                                targets.front()->address(), found.size()));
    return found;
}

}  // namespace freshet

namespace freshet::target {

std::optional<Receipt> receipt_of(const AnyTarget& output) {
    const std::optional<Json> json = output.receipt();
    if (!json) return std::nullopt;
    try {
        return receipt_from_json(*json);
    } catch (const Error& error) {
        throw Error(fmt::format("read receipt of '{}': {}", output.address(), error.what()));
    }
}

}  // namespace freshet::target
