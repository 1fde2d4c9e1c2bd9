// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "dashboard/html.hpp"
#include "freshet/json.hpp"

#include <string>

namespace freshet::dashboard {

/// A change that an operator can make by an RPC of the scheduler, whose form is folded up until they ask what it does.
struct ActionForm {
    Literal label;
    Literal method;                  ///< the RPC's
    Html effect{};                   ///< what the operator reads before the button can be pressed
    Json arguments{Json::object()};  ///< null: they are values of a choice among the fields
    Html fields{};                   ///< for the arguments that the operator chooses
    std::string home;                ///< relative URL of the front page
    std::string id{};                ///< of the text inside, at which a browser unfolds the form; empty: none
};

Html action_form(const ActionForm& action);

/// The arguments of an RPC as the value of the field `data`: in ASCII, since Html shows some characters of names as
/// others.
std::string field_value(const Json& arguments);

/// The field for a whole number.
Html number_field(Literal label, Literal name, std::int64_t value, std::int64_t least, std::int64_t greatest);

}  // namespace freshet::dashboard
