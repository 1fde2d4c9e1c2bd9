// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/clock.hpp"
#include "rpc/responses.hpp"
#include "run/attempt_logs.hpp"
#include "store/attempt_log.hpp"
#include "worker/rpc_client.hpp"

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace freshet::run {

/// Sends what attempts log to a freshetd while they run, on a thread and a connection of its own. What is not sent yet
/// waits in temporary files, which keep the begin and the end of a long log: a freshetd that is slow or away neither
/// holds up an attempt nor takes memory here, and has the rest later. One without logs is sent nothing.
class AttemptLogUpload final : public AttemptLogSink {
public:
    /// `clock` outlives this.
    AttemptLogUpload(worker::SchedulerAddress address, std::string run_id, const Clock& clock);
    /// Sends what is left, for a few seconds.
    ~AttemptLogUpload() override;
    AttemptLogUpload(const AttemptLogUpload&) = delete;
    AttemptLogUpload& operator=(const AttemptLogUpload&) = delete;

    /// Learns the number that the scheduler gives to an attempt before it is begun. Thread-safe.
    void assigned(const rpc::Work& work);

    void append(const std::string& task_id, int attempt, std::string_view lines) override;
    void end(const std::string& task_id) override;

private:
    struct Log {
        std::string task_id;
        int number = 1;
        store::AttemptLog text = store::AttemptLog::make_temporary();
        std::uint64_t sent = 0;
        bool has_ended = false;
    };
    struct Piece {
        std::uint64_t log = 0;  ///< its key in logs_
        std::string task_id{};
        int number = 1;
        store::LogPiece text{};
    };

    void run(const std::stop_token& stop);
    bool send_each(std::uint64_t& last);
    std::optional<Piece> next_piece(std::uint64_t after);
    bool send(const Piece& piece);
    void on_sent(const Piece& piece);
    void drop(std::uint64_t log);

    const std::string run_id_;
    const Clock& clock_;
    const std::unique_ptr<http::Client> client_;
    const worker::RpcClient rpc_;
    std::mutex mutex_;  // guards all below
    std::condition_variable_any stopped_;
    std::map<std::string, int> numbers_{};          ///< of the newest attempt, by task id
    std::map<std::string, std::uint64_t> running_;  ///< keys in logs_, by task id
    std::map<std::uint64_t, Log> logs_{};           ///< those that are not sent to their end, oldest first
    std::uint64_t last_key_ = 0;
    bool is_refused_ = false;  ///< the scheduler takes no logs
    std::jthread thread_;      // last: it uses all of the above
};

}  // namespace freshet::run
