// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace freshet {

/// The fields of a form or a query, in their order; a name may occur twice.
using FormFields = std::vector<std::pair<std::string, std::string>>;

/// The bytes that "%2F" and the like stand for. A '%' without two hexadecimal digits is one, as browsers and Python
/// take it.
std::string percent_decoded(std::string_view text);

/// The text with every byte but letters, digits and "-._~" as "%2F".
std::string percent_encoded(std::string_view text);

/// Decodes `application/x-www-form-urlencoded` text: '+' is a space, a piece without '=' is a name with an empty value,
/// an empty piece is skipped. Never fails.
FormFields form_decoded(std::string_view text);

/// The fields as such text, from which form_decoded() makes them again.
std::string form_encoded(const FormFields& fields);

}  // namespace freshet
