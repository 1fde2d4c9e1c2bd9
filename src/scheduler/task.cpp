// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "scheduler/task.hpp"

#include <algorithm>

namespace freshet::scheduler {

rpc::Parameters public_parameters(const Task& task) {
    rpc::Parameters shown;
    for (const auto& parameter : task.params) {
        const auto visibility = task.visibilities->find(parameter.first);
        if (visibility == task.visibilities->end() || visibility->second == 0) shown.push_back(parameter);
    }
    return shown;
}

std::string display_name(const Task& task) {
    auto params = public_parameters(task);
    std::sort(params.begin(), params.end());
    std::string name = *task.family + "(";
    for (std::size_t i = 0; i < params.size(); ++i) name += (i ? ", " : "") + params[i].first + "=" + params[i].second;
    return name + ")";
}

}  // namespace freshet::scheduler
