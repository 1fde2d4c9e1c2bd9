// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/url_encoding.hpp"

#include "fuzz/target.hpp"

namespace freshet::fuzz {

namespace {

void run(std::string_view bytes) {
    const auto fields = form_decoded(bytes);
    require(form_decoded(form_encoded(fields)) == fields, "fields that are written down read as themselves");
    require(percent_decoded(percent_encoded(bytes)) == bytes,
            "bytes that are written as percent codes read as themselves");
    std::size_t size = 0;
    for (const auto& [name, value] : fields) size += name.size() + value.size();
    require(size <= bytes.size() && percent_decoded(bytes).size() <= bytes.size(), "decoding makes nothing longer");
}

std::vector<std::string> seeds() {
    return {"data=%7B%22worker%22%3A+%22W%22%7D",
            "a=1&b=2&a=3",
            "a&b=&=c&&",
            "%",
            "%2",
            "%zz=%%41",
            "a+b=c%2Bd;e=f",
            std::string("\0=\0", 3)};
}

std::vector<std::string_view> dictionary() { return {"&", "=", "%", "%00", "%ff", "+", ";", "data=", "%2", "%%"}; }

}  // namespace

const Target target{.run = run, .seeds = seeds, .dictionary = dictionary};

}  // namespace freshet::fuzz
