// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "rpc/requests.hpp"
#include "rpc/responses.hpp"

#include <chrono>
#include <concepts>
#include <functional>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

namespace freshet::scheduler {

/// Completion callback: receives one response per request, in order. Called on any thread, possibly before submit()
/// returns. Must not block.
using OnReply = std::function<void(std::vector<rpc::Response>)>;

/// Returns true while the client is connected: no work is assigned to one that is gone. Called on any thread.
using IsConnected = std::function<bool()>;

struct QueryResult;
struct SchedulerState;
class SlicedQuery;

/// Makes a query on the scheduler's thread: that of a request, or the caller's own.
class QueryFactory {
public:
    using Make = std::function<std::unique_ptr<SlicedQuery>(const SchedulerState&, Time)>;

    QueryFactory(Make make) : source_(std::move(make)) {}
    /// `request` fulfils is_sliced_query().
    template <class Request>
    requires std::constructible_from<rpc::Request, Request> QueryFactory(Request request)
        : source_(rpc::Request(std::move(request))) {}

    std::unique_ptr<SlicedQuery> make(const SchedulerState& state, Time now) const;
    /// Null for the caller's own query.
    const rpc::Request* request() const { return std::get_if<rpc::Request>(&source_); }

private:
    std::variant<rpc::Request, Make> source_;
};

/// Receives the result of a query, to read or to take apart. While it lives, its size counts among the results that
/// wait to be sent. Called on any thread. Must not block.
using OnQueryDone = std::function<void(std::shared_ptr<QueryResult>)>;

/// Submits requests to a scheduler.
class Executor {
public:
    virtual ~Executor() = default;

    /// Executes the requests. Thread-safe; blocks for one commit at most. Replies once the changes are durable. A
    /// single GetWork request with a wait is a long poll: the reply is delayed until there is work.
    virtual void submit(std::vector<rpc::Request> requests, OnReply on_reply, IsConnected is_connected) = 0;
    /// True while changes are rejected, because the disk is full. Thread-safe.
    virtual bool is_disk_full() const = 0;
    /// The time for which nobody has been answered, once it is so long that somebody should know; else zero.
    /// Thread-safe.
    virtual std::chrono::seconds stalled_for() const = 0;
    void submit(std::vector<rpc::Request> requests, OnReply on_reply) {
        submit(std::move(requests), std::move(on_reply), [] { return true; });
    }
    /// Executes a query between other requests, a slice at a time, unless its client disconnects. Thread-safe.
    virtual void query(QueryFactory query, OnQueryDone on_done, IsConnected is_connected) = 0;
};

}  // namespace freshet::scheduler
