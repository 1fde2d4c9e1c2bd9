// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "upstream/rate_limit.hpp"
#include "upstream/source.hpp"

#include <functional>

namespace gfs {

/// Lets time pass; throws when the attempt should end instead.
using Sleep = std::function<void(std::chrono::milliseconds)>;

/// Sends no request that the limit of its host does not allow. Waits some seconds where that helps; longer waits are a
/// SkippedMirror at the start of a download, so that they hold up no worker. For one thread.
class RateLimitedSource final : public Source {
public:
    RateLimitedSource(std::unique_ptr<Source> source, RateLimit limit, std::string host, Sleep sleep);

    FileInfo head(const std::string& path) override;
    WholeFile get(const std::string& path) override;
    std::string get(const std::string& path, ByteRange range) override;
    std::string address(const std::string& path) const override { return source_->address(path); }
    void reserve(std::size_t requests) override;

private:
    void acquire_permit();
    [[noreturn]] void reject(std::chrono::milliseconds wait) const;

    std::unique_ptr<Source> source_;
    RateLimit limit_;
    std::string host_;
    Sleep sleep_;
    Reservation reservation_;
};

}  // namespace gfs
