// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "rpc/greeting.hpp"

#include <algorithm>

namespace freshet::rpc {

Json server_info() {
    using namespace extension_names;
    return Json::Object{
        {"name", "freshetd"},
        {"version", FRESHET_VERSION},
        {"extensions", Json::Array{register_tasks, leases, failures, events, attempts, families, wait}}};
}

bool has_extension(const Json& server_info, std::string_view name) {
    const Json* extensions = server_info.is_object() ? server_info.find("extensions") : nullptr;
    if (!extensions || !extensions->is_array()) return false;
    const auto& names = extensions->as_array();
    return std::any_of(names.begin(), names.end(),
                       [&](const Json& known) { return known.is_string() && known.as_string() == name; });
}

}  // namespace freshet::rpc
