// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "freshet/http.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace freshet::http {

/// How a body is written: in pieces, and as slowly and incompletely as a fault wants it.
class BodyThrottle {
public:
    BodyThrottle() = default;
    explicit BodyThrottle(const Fault& fault) : fault_(fault) {}

    /// How many bytes the next piece may have; 0 where the connection is to be cut.
    std::size_t allowance() const {
        const auto left = fault_.cut_after ? *fault_.cut_after - written_ : piece_size;
        const auto per_piece =
            fault_.bytes_per_second ? std::max(*fault_.bytes_per_second / per_second, one) : piece_size;
        return static_cast<std::size_t>(std::min({left, per_piece, piece_size}));
    }
    void on_written(std::size_t size) { written_ += size; }
    /// How long a piece of this size takes.
    std::chrono::microseconds delay(std::size_t size) const {
        constexpr std::uint64_t second = 1'000'000;
        return std::chrono::microseconds(
            fault_.bytes_per_second ? size * second / std::max(*fault_.bytes_per_second, one) : 0);
    }

private:
    static constexpr std::uint64_t one = 1;
    static constexpr std::uint64_t per_second = 20;           // smooth enough for a client that watches its rate
    static constexpr std::uint64_t piece_size = 256u << 10U;  // written under one deadline

    Fault fault_{};
    std::uint64_t written_ = 0;
};

}  // namespace freshet::http
