// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "simulator/faults.hpp"
#include "simulator/file_answer.hpp"

namespace gfs::simulator {

/// What a request that met a fault is answered with.
freshet::http::Response fault_response(const Fault& fault, const Content& content,
                                       const freshet::http::Request& request);

}  // namespace gfs::simulator
