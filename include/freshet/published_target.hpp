// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/json.hpp"
#include "freshet/target.hpp"

#include <any>
#include <concepts>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

// The engine's interface to targets outside this machine's file system: objects, tables, messages. A target with these
// functions is published under the lease of its attempt, with a receipt; staleness, lineage, `verify` and repeated
// events work for it as for a LocalTarget, which has them built in.
namespace freshet {

/// The attempt that makes a target. Used by one thread at a time.
struct TargetAttempt {
    std::string token;  ///< names the attempt: globally unique, letters and digits only
    /// The fencing token: greater for a later attempt at the same task, one and the same in all functions of an
    /// attempt; 0: none is known.
    std::int64_t lease = 0;
    /// The state of targets between their functions in the attempt, by address. Not seen by commit().
    std::map<std::string, std::any> state{};

    /// The attempt whose run() is running on this thread; nullptr elsewhere.
    static TargetAttempt* current();
};

/// Makes the receipt of an output from its content. What it returns is stored as it is.
using MakeReceipt = std::function<Json(const Content&)>;

/// The treatment of a target that is there already.
enum class IfExists {
    keep,     ///< another attempt has completed the task: leave its output as it is
    replace,  ///< the task has other outputs, which are missing, so that it was run again
};

/// The result of publishing what an attempt has staged.
enum class PublishResult {
    published,   ///< it is in place
    superseded,  ///< another attempt completed the task first; what this one staged was discarded
};

/// A target that has receipts: LocalTarget, and what is made of one.
template <class T>
concept ReceiptTarget = Target<T> && requires(const T& target) {
    /// The receipt of what is published; nullopt: it has none, or nothing is there.
    { target.receipt() } -> std::same_as<std::optional<Json>>;
    /// Reads what is published; nullopt: nothing is there.
    { target.content() } -> std::same_as<std::optional<Content>>;
};

/// A target whose store keeps outputs that are not published yet, and receipts. All functions throw Error, or
/// TransientError for what may go away. In the attempt's thread, and in its process if it has its own: begin(), what
/// run() calls, stage(). In the worker, with the fencing token of its lease: commit(). In either: abort().
template <class T>
concept PublishedTarget = ReceiptTarget<T> &&
    requires(const T& target, TargetAttempt& attempt, const Json& staged, const MakeReceipt& make_receipt) {
    /// Called after run(). Makes durable what run() has written, with its receipt, where exists() does not see it; a
    /// store that commits by itself, and rejects all attempts but the one that began last, may publish it here. Returns
    /// what commit() needs; null: run() has written nothing.
    { target.stage(attempt, make_receipt) } -> std::same_as<Json>;
    /// Publishes in one step what stage() returned. After a crash it may be repeated.
    { target.commit(attempt, staged, IfExists::keep) } -> std::same_as<PublishResult>;
    /// Removes what the attempt has staged, and leaves what it has published, also where its commit() has thrown after
    /// that. Repeated calls, and calls for an attempt that has staged nothing, do nothing.
    target.abort(attempt);
};

/// A published target that wants to know of an attempt before its run(), for instance to reject earlier ones.
template <class T>
concept BeginsAttempt = PublishedTarget<T> && requires(const T& target, TargetAttempt& attempt) {
    target.begin(attempt);
};

/// A target whose server tells without its being read when it is another one. Where it has no receipt, because others
/// made it, the receipts of what is made from it have this of it.
template <class T>
concept HeadTarget = Target<T> && requires(const T& target) {
    /// Size and validator, and the digest if the server has it; nullopt: nothing is there.
    { target.head() } -> std::same_as<std::optional<Content>>;
};

/// A target that can be taken out of its place before it is made again; returns where it was moved to, "" when there
/// was nothing that has a receipt.
template <class T>
concept RetiredTarget = ReceiptTarget<T> && requires(const T& target) {
    { target.retire() } -> std::same_as<std::string>;
};

/// A target that can tell of many at once if they exist, in their order: static std::vector<bool> exist(targets).
template <class T>
concept BulkTarget = Target<T> && requires(const std::vector<T>& targets) {
    { T::exist(targets) } -> std::same_as<std::vector<bool>>;
};

}  // namespace freshet
