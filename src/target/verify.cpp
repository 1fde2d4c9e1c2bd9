// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "target/verify.hpp"

#include "base/time.hpp"
#include "freshet/error.hpp"
#include "target/lineage.hpp"
#include "target/unfinished.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace freshet::target {

namespace {

using Kind = Finding::Kind;

constexpr const char* without_receipts = "its class keeps no receipts";

/// Describes a difference in content, or returns "".
std::string content_difference(const std::string& output, const Content& now, const Content& published) {
    if (now.size != published.size)
        return fmt::format("'{}' has {} bytes, but {} were published", output, now.size, published.size);
    if (now.sha256 != published.sha256 && !published.sha256.empty())
        return fmt::format("'{}' has changed: its SHA-256 is {}, but {} was published", output, now.sha256,
                           published.sha256);
    return {};
}

/// Walks from the tasks' outputs along the receipts to all from which they were made.
class Verifier {
public:
    explicit Verifier(const Registry& registry) : registry_(registry) {}

    void add(const AnyTask& task) {
        for (AnyTarget& output : task.outputs()) {
            const auto [known, is_new] = known_.emplace(output.address(), output);
            if (is_new) open_.push_back({.output = std::move(output), .subject = task.description()});
        }
    }

    Verification run() {
        for (; !open_.empty(); open_.pop_front()) {
            const Item item = open_.front();
            const std::size_t before = result_.findings.size();
            has_receipt_ = false;
            try {
                check(item);
            } catch (const TransientError& error) {
                report_unchecked(item, error.what());
            } catch (const Error& error) {
                report(Kind::changed, item.subject, error.what());
            } catch (const std::exception& error) {  // of a library that asks for it
                report_unchecked(item, error.what());
            }
            if (has_receipt_ && result_.findings.size() == before) ++result_.intact;
        }
        for (const Item& item : absent_)
            if (const auto manifest = manifests_.find(item.output.address()); manifest != manifests_.end())
                report(Kind::missing, item.subject,
                       fmt::format("'{}' is missing: '{}' lists it", item.output.address(), manifest->second));
            else
                ++result_.absent;
        for (const Item& item : foreign_)
            if (!recorded_.contains(item.output.address()))
                report(
                    Kind::unchecked, item.subject,
                    fmt::format("'{}' has no receipt, and none has its digest: others made it", item.output.address()));
        return std::move(result_);
    }

private:
    struct Item {
        AnyTarget output;
        std::string subject;
    };

    void report(Kind kind, std::string subject, std::string text) {
        result_.findings.push_back({kind, std::move(subject), std::move(text)});
    }

    void report_unchecked(const Item& item, const std::string& reason) {
        report(Kind::unchecked, item.subject,
               fmt::format("'{}' cannot be verified: {}", item.output.address(), reason));
    }

    void check(const Item& item) {
        const auto receipt = receipt_read(item.output);
        if (!receipt) return check_without_receipt(item);
        add_inputs(item, *receipt);
        const auto content = item.output.content();
        if (!content)
            return report(Kind::missing, item.subject,
                          fmt::format("'{}' is missing: it was published at {}", item.output.address(),
                                      rfc3339(receipt->provenance.ended)));
        if (const auto text = content_difference(item.output.address(), *content, receipt->content); !text.empty())
            report(Kind::changed, item.subject, text);
        else if (receipt->content.sha256.empty())
            report_unchecked(item, "its receipt has no digest");
        if (type_of(*receipt) && type_of(*receipt)->staleness == Staleness::ignore) return;
        for (const std::string& text :
             stale_inputs(item.output.address(), *receipt, Reading::always, digests_, [&](const std::string& address) {
                 const auto known = known_.find(address);
                 return known == known_.end() ? nullptr : &known->second;
             }))
            report(Kind::stale, item.subject, text);
    }

    /// Counts it, also one that is not valid.
    std::optional<Receipt> receipt_read(const AnyTarget& output) {
        std::optional<Receipt> receipt;
        try {
            receipt = receipt_of(output);
        } catch (const TransientError&) {
            throw;
        } catch (const Error&) {
            ++result_.published;
            throw;
        }
        has_receipt_ = receipt.has_value();
        if (has_receipt_) ++result_.published;
        return receipt;
    }

    void check_without_receipt(const Item& item) {
        const std::filesystem::path* file = item.output.path();
        const bool is_comparable = item.output.has_receipts() || item.output.is_head_target();
        if (const auto text = file ? describe_unfinished(*file) : ""; !text.empty())
            report(Kind::missing, item.subject, text);
        else if (!is_comparable && !item.output.address().starts_with('/'))
            report_unchecked(item, without_receipts);  // its server is not asked in vain
        else if (!item.output.exists())
            absent_.push_back(item);
        else if (is_comparable)
            foreign_.push_back(item);
        else
            report_unchecked(item, without_receipts);
    }

    const TaskType* type_of(const Receipt& receipt) const {
        const auto& types = registry_.types();
        const auto found = std::ranges::find(types, receipt.provenance.family, &TaskType::family);
        return found == types.end() ? nullptr : *found;
    }

    /// Only files can be found by their address.
    void add_inputs(const Item& item, const Receipt& receipt) {
        const TaskType* type = type_of(receipt);
        for (const Input& input : receipt.provenance.inputs) {
            if (input.content && !(input.content->sha256 + input.content->validator).empty())
                recorded_.insert(input.address);
            if (type && type->is_manifest) manifests_.emplace(input.address, item.output.address());
            if (!input.address.starts_with('/')) continue;
            const AnyTarget file = LocalTarget(input.address);
            if (known_.emplace(input.address, file).second) open_.push_back({file, input.task_id});
        }
    }

    const Registry& registry_;
    DigestCache digests_;
    std::deque<Item> open_;
    std::vector<Item> absent_;                                ///< without receipts
    std::vector<Item> foreign_;                               ///< there, without receipts
    std::unordered_map<std::string, std::string> manifests_;  ///< by what they list
    std::unordered_map<std::string, AnyTarget> known_;        ///< by address
    std::unordered_set<std::string> recorded_;                ///< whose digests or validators are in receipts
    bool has_receipt_ = false;                                ///< of the item that is checked
    Verification result_;
};

}  // namespace

Verification verify(const std::vector<AnyTask>& tasks, const Registry& registry) {
    Verifier verifier(registry);
    for (const AnyTask& task : tasks) verifier.add(task);
    return verifier.run();
}

}  // namespace freshet::target
