// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace freshet {

/// Puts /dev/null in place of each standard stream that is closed: else the next file to be opened becomes that stream,
/// and what is said on standard error is written into it. To be called before anything is opened.
void open_standard_streams();

}  // namespace freshet
