// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>

namespace freshet::store {

class Database;

/// Copies the write-ahead log back into its file on a thread of its own, so that no commit waits while megabytes are
/// written and synced. What was committed while it copied is left to the writer: little, but only the writer sees a
/// moment without any more, at which the log can begin anew. A copy that fails costs no data: the log keeps it, and a
/// later commit above the threshold (16 MB of log) requests another. The destructor waits for a copy in progress.
class Checkpointer {
public:
    /// Opens a second connection to the file, which must be in WAL mode, and starts the thread. Throws StoreError when
    /// that fails.
    explicit Checkpointer(const std::filesystem::path& path);
    ~Checkpointer();
    Checkpointer(const Checkpointer&) = delete;
    Checkpointer& operator=(const Checkpointer&) = delete;

    // For the writer's thread, which calls after_commit() after each commit. Neither waits for the copy.
    /// The length of the log after a commit, in pages, from SQLite's WAL hook.
    void set_log_pages(int pages) { log_pages_ = pages; }
    /// Returns true once after each copy, also a failed one: the writer should checkpoint what is left of the log,
    /// which then begins anew. Requests a copy when the log is above the threshold and none is in progress.
    bool after_commit();

private:
    enum class Step { idle, requested, copied };

    void run();

    int log_pages_ = 0;                   ///< the writer's
    std::unique_ptr<Database> database_;  ///< the thread's, from its start
    std::atomic<Step> step_ = Step::idle;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool stopping_ = false;  // guarded by mutex_
    std::thread thread_;
};

}  // namespace freshet::store
