// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "dashboard/action_form.hpp"

namespace freshet::dashboard {

Html action_form(const ActionForm& action) {
    const Html arguments =
        action.arguments.is_null()
            ? Html()
            : void_element("input", {{"type", "hidden"}, {"name", "data"}, {"value", field_value(action.arguments)}});
    const Html form =
        tag("form", {{"method", "post"}, {"action", action.home + "api/" + std::string(action.method.text())}},
            arguments, action.fields, " ", tag("button", Html::markup(action.label)));
    const Html effect = action.id.empty() ? tag("p", action.effect) : tag("p", {{"id", action.id}}, action.effect);
    return tag("details", {{"class", "action"}}, tag("summary", Html::markup(action.label)), effect, form);
}

std::string field_value(const Json& arguments) { return arguments.python_text(); }

Html number_field(Literal label, Literal name, std::int64_t value, std::int64_t least, std::int64_t greatest) {
    return tag("label", Html::markup(label), " ",
               void_element("input", {{"type", "number"},
                                      {"name", std::string(name.text())},
                                      {"value", std::to_string(value)},
                                      {"min", std::to_string(least)},
                                      {"max", std::to_string(greatest)},
                                      {"required", ""}}));
}

}  // namespace freshet::dashboard
