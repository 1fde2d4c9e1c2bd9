// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "freshet/json.hpp"

const freshet::Json* member(std::string_view text) { return freshet::Json::parse(text).find("name"); }
