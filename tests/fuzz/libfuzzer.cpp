// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
// Gives libFuzzer the target; its seeds come from `fuzz_NAME_random --seeds FOLDER`.
#include "fuzz/target.hpp"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    freshet::fuzz::target.run({reinterpret_cast<const char*>(bytes), size});
    return 0;
}
