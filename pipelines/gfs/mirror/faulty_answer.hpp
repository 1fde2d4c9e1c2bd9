// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "mirror/fault.hpp"
#include "mirror/file_answer.hpp"

namespace gfs::mirror {

/// What a request that met a fault is answered with.
freshet::http::Response faulty_answer(const Fault& fault, const Content& content, const freshet::http::Request& request);

}  // namespace gfs::mirror
