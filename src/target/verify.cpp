// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/verify.hpp"

#include "base/files.hpp"
#include "base/time.hpp"
#include "freshet/error.hpp"
#include "target/lineage.hpp"
#include "target/target_paths.hpp"
#include "target/unfinished.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace freshet::target {

namespace {

using std::filesystem::path;
using Kind = Finding::Kind;

/// Describes a difference in content, or returns "".
std::string content_difference(const path& output, const Content& published) {
    const Content now = content_of(output);
    if (now.size != published.size)
        return fmt::format("'{}' has {} bytes, but {} were published", output.string(), now.size, published.size);
    if (now.sha256 != published.sha256)
        return fmt::format("'{}' has changed: its SHA-256 is {}, but {} was published", output.string(), now.sha256,
                           published.sha256);
    return {};
}

/// Walks from the tasks' outputs along the receipts to all from which they were made.
class Verifier {
public:
    explicit Verifier(const Registry& registry) : registry_(registry) {}

    void add(const AnyTask& task) {
        for (const AnyTarget& output : task.outputs())
            if (output.path())
                add({.output = normalized_path(*output.path()), .subject = task.description()});
            else if (seen_.insert(output.address()).second)
                report(Kind::unchecked, task.description(),
                       fmt::format("'{}' is not on this machine", output.address()));
    }

    Verification run() {
        for (; !open_.empty(); open_.pop_front()) {
            const Item& item = open_.front();
            const std::size_t before = result_.findings.size();
            try {
                check(item);
            } catch (const Error& error) {
                report(Kind::changed, item.subject, error.what());
            }
            if (has_receipt_ && result_.findings.size() == before) ++result_.intact;
        }
        for (const Item& item : absent_)
            if (const auto manifest = manifests_.find(item.output.native()); manifest != manifests_.end())
                report(Kind::missing, item.subject,
                       fmt::format("'{}' is missing: '{}' lists it", item.output.string(), manifest->second));
            else
                ++result_.absent;
        for (const Item& item : foreign_)
            if (!recorded_.contains(item.output.native()))
                report(
                    Kind::unchecked, item.subject,
                    fmt::format("'{}' has no receipt, and none has its digest: others made it", item.output.string()));
        return std::move(result_);
    }

private:
    struct Item {
        path output;
        std::string subject;
    };

    void add(Item item) {
        if (seen_.insert(item.output.native()).second) open_.push_back(std::move(item));
    }

    void report(Kind kind, std::string subject, std::string text) {
        result_.findings.push_back({kind, std::move(subject), std::move(text)});
    }

    void check(const Item& item) {
        has_receipt_ = exists_at(receipt_path(item.output));
        if (has_receipt_) ++result_.published;
        const auto receipt = read_receipt(item.output);
        if (!exists_at(item.output)) return check_absent(item, receipt);
        if (!receipt) {
            if (const auto text = describe_unfinished(item.output); !text.empty())
                report(Kind::missing, item.subject, text);
            else
                foreign_.push_back(item);
            return;
        }
        if (const auto text = content_difference(item.output, receipt->content); !text.empty())
            report(Kind::changed, item.subject, text);
        add_inputs(item, *receipt);
        if (type_of(*receipt) && type_of(*receipt)->staleness == Staleness::ignore) return;
        for (const std::string& text : stale_inputs(item.output, *receipt, Reading::always, digests_))
            report(Kind::stale, item.subject, text);
    }

    void check_absent(const Item& item, const std::optional<Receipt>& receipt) {
        if (receipt) {
            report(Kind::missing, item.subject,
                   fmt::format("'{}' is missing: it was published at {}", item.output.string(),
                               rfc3339(receipt->provenance.ended)));
            add_inputs(item, *receipt);
        } else {
            absent_.push_back(item);
        }
    }

    const TaskType* type_of(const Receipt& receipt) const {
        const auto& types = registry_.types();
        const auto found = std::ranges::find(types, receipt.provenance.family, &TaskType::family);
        return found == types.end() ? nullptr : *found;
    }

    void add_inputs(const Item& item, const Receipt& receipt) {
        const TaskType* type = type_of(receipt);
        for (const Input& input : receipt.provenance.inputs) {
            if (!input.address.starts_with('/')) continue;
            if (input.content && !input.content->sha256.empty()) recorded_.insert(input.address);
            if (type && type->is_manifest) manifests_.emplace(input.address, item.output.string());
            add({.output = input.address, .subject = input.task_id});
        }
    }

    const Registry& registry_;
    DigestCache digests_;
    std::deque<Item> open_;
    std::vector<Item> absent_;                                ///< without receipts
    std::vector<Item> foreign_;                               ///< there, without receipts
    std::unordered_map<std::string, std::string> manifests_;  ///< by what they list
    std::unordered_set<std::string> seen_;
    std::unordered_set<std::string> recorded_;  ///< whose digests are in receipts
    bool has_receipt_ = false;                  ///< of the item that is checked
    Verification result_;
};

}  // namespace

Verification verify(const std::vector<AnyTask>& tasks, const Registry& registry) {
    Verifier verifier(registry);
    for (const AnyTask& task : tasks) verifier.add(task);
    return verifier.run();
}

}  // namespace freshet::target
