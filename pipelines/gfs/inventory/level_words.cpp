// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "inventory/level_words.hpp"

namespace gfs::idx {
namespace {

constexpr double pascals_in_millibar = 100;

constexpr LevelName all_level_names[] = {
    {1, "surface", ""},
    {2, "cloud base", ""},
    {3, "cloud top", ""},
    {4, "0C isotherm", ""},
    {6, "max wind", ""},
    {7, "tropopause", ""},
    {8, "top of atmosphere", ""},
    {9, "sea bottom", ""},
    {10, "entire atmosphere", ""},
    {100, "{:g} mb", "{:g}-{:g} mb", pascals_in_millibar},
    {101, "mean sea level", ""},
    {102, "{:g} m above mean sea level", "{:g}-{:g} m above mean sea level"},
    {103, "{:g} m above ground", "{:g}-{:g} m above ground"},
    {104, "{:g} sigma level", "{:g}-{:g} sigma layer"},
    {105, "{:g} hybrid level", "{:g}-{:g} hybrid layer"},
    {106, "{:g} m below ground", "{:g}-{:g} m below ground"},
    {107, "{:g} K isentropic level", "{:g}-{:g} K isentropic layer"},
    {108, "{:g} mb above ground", "{:g}-{:g} mb above ground", pascals_in_millibar},
    {109, "PV={:g} (Km^2/kg/s) surface", ""},
    {200, "entire atmosphere (considered as a single layer)", ""},
    {201, "entire ocean (considered as a single layer)", ""},
    {204, "highest tropospheric freezing level", ""},
    {206, "grid scale cloud bottom level", ""},
    {207, "grid scale cloud top level", ""},
    {209, "boundary layer cloud bottom level", ""},
    {210, "boundary layer cloud top level", ""},
    {211, "boundary layer cloud layer", ""},
    {212, "low cloud bottom level", ""},
    {213, "low cloud top level", ""},
    {214, "low cloud layer", ""},
    {215, "cloud ceiling", ""},
    {220, "planetary boundary layer", ""},
    {222, "middle cloud bottom level", ""},
    {223, "middle cloud top level", ""},
    {224, "middle cloud layer", ""},
    {232, "high cloud bottom level", ""},
    {233, "high cloud top level", ""},
    {234, "high cloud layer", ""},
    {242, "convective cloud bottom level", ""},
    {243, "convective cloud top level", ""},
    {244, "convective cloud layer", ""},
};

}  // namespace

std::span<const LevelName> level_names() { return all_level_names; }

}  // namespace gfs::idx
