// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

namespace gfs {

/// More wait for the one thread that writes the fields and passes them to the processors.
constexpr unsigned max_conversion_threads = 16;

/// Returns the number of threads that encode the fields of a file. Several files at once leave it to the kernel which
/// of their threads use the cores that are free.
inline unsigned conversion_threads() {
    return std::clamp(std::thread::hardware_concurrency(), 1U, max_conversion_threads);
}

/// Threads that do jobs side by side, the first one given first. One thread gives them. The end of this object waits
/// for the jobs that have begun and drops the others.
class JobThreads {
public:
    explicit JobThreads(unsigned count) {
        for (unsigned i = 0; i < count; ++i) threads_.emplace_back([this] { do_jobs(); });
    }

    JobThreads(const JobThreads&) = delete;
    JobThreads& operator=(const JobThreads&) = delete;

    ~JobThreads() {
        {
            const std::lock_guard lock(mutex_);
            is_ending_ = true;
        }
        changed_.notify_all();
        for (std::thread& thread : threads_) thread.join();
    }

    unsigned size() const { return static_cast<unsigned>(threads_.size()); }

    /// Returns the job's result to be, or its exception.
    template <class Job>
    std::future<std::invoke_result_t<Job>> add(Job job) {
        return insert(std::move(job), false);
    }

    /// The same for a job that is done before all others that have not begun.
    template <class Job>
    std::future<std::invoke_result_t<Job>> add_first(Job job) {
        return insert(std::move(job), true);
    }

private:
    template <class Job>
    std::future<std::invoke_result_t<Job>> insert(Job job, bool is_first) {
        const auto task = std::make_shared<std::packaged_task<std::invoke_result_t<Job>()>>(std::move(job));
        {
            const std::lock_guard lock(mutex_);
            jobs_.emplace(is_first ? jobs_.begin() : jobs_.end(), [task] { (*task)(); });
        }
        changed_.notify_one();
        return task->get_future();
    }

    void do_jobs() {
        for (std::unique_lock lock(mutex_);;) {
            changed_.wait(lock, [&] { return is_ending_ || !jobs_.empty(); });
            if (is_ending_) return;
            const std::function<void()> job = std::move(jobs_.front());
            jobs_.pop_front();
            lock.unlock();
            job();
            lock.lock();
        }
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::function<void()>> jobs_;
    bool is_ending_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace gfs
