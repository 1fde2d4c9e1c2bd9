// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "store/checkpointer.hpp"

#include "store/database.hpp"

namespace freshet::store {

namespace {

// 16 MB of log: a page that changes often is copied once for many changes, and a start has little to read again.
constexpr int checkpoint_threshold_pages = 4000;

}  // namespace

Checkpointer::Checkpointer(const std::filesystem::path& path)
    : database_(std::make_unique<Database>(Database::open(path, OpenMode::read_write))) {
    (void)database_->number("PRAGMA schema_version");  // a connection knows of the log only after it has read
    thread_ = std::thread([this] { run(); });
}

Checkpointer::~Checkpointer() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

bool Checkpointer::after_commit() {
    auto copied = Step::copied;
    if (step_.compare_exchange_strong(copied, Step::idle)) return true;
    if (log_pages_ < checkpoint_threshold_pages || step_ != Step::idle) return false;
    {
        const std::lock_guard lock(mutex_);
        step_ = Step::requested;
    }
    changed_.notify_one();
    return false;
}

void Checkpointer::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return stopping_ || step_ == Step::requested; });
        if (stopping_) return;
        lock.unlock();
        database_->checkpoint();
        lock.lock();
        step_ = Step::copied;
    }
}

}  // namespace freshet::store
