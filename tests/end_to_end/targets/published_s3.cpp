// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "end_to_end/targets/published_tasks.hpp"
#include "freshet/s3.hpp"
#include "target/s3_client.hpp"

#include <cstdlib>

using namespace freshet;
using namespace freshet::test;

namespace {

const std::string& bucket() {
    static const std::string name = std::getenv("FRESHET_TEST_BUCKET");
    return name;
}

S3Target object(const std::string& place, const std::string& name) {
    return S3Target("s3://" + bucket() + place + "/" + name);
}

std::optional<std::string> read(const std::string& place, const std::string& name) {
    const S3Target target = object(place, name);
    return target.exists() ? std::optional(target.read()) : std::nullopt;
}

std::vector<std::string> keys(FormFields query, const char* element) {
    std::vector<std::string> found;
    const auto body = s3::client_for({}).require({.doing = "list", .bucket = bucket(), .query = std::move(query)}).body;
    for (const auto& item : s3::xml_elements(body, element)) found.push_back(s3::xml_text(item, "Key"));
    return found;
}

/// Uploads, and receipts of others than the attempt that is named in the content.
std::vector<std::string> staged(const std::string& place, const std::string& name) {
    const std::string key = object(place, name).key();
    const std::string content = read(place, name).value_or("");
    const std::string receipts = object(place, ".freshet/" + name + ".").key();
    const std::string published = receipts + content.substr(content.rfind(' ') + 1) + ".json";
    std::vector<std::string> found = keys({{"uploads", ""}, {"prefix", key}}, "Upload");
    std::erase_if(found, [&](const std::string& upload) { return upload != key; });  // of another with a longer name
    for (const std::string& receipt : keys({{"list-type", "2"}, {"prefix", receipts}}, "Contents"))
        if (receipt != published && receipt != receipts + "json") found.push_back(receipt);
    return found;
}

const Backend s3_backend{.target = [](const std::string& place, const std::string& name) -> AnyTarget {
                             return Held(object(place, name), place);
                         },
                         .write = [](const std::string& place, const std::string& name,
                                     const std::string& content) { object(place, name).write(content); },
                         .read = &read,
                         .replace = [](const std::string& place, const std::string& name,
                                       const std::string& content) { object(place, name).write(content); },
                         .staged = &staged};

}  // namespace

int main(int argc, char** argv) {
    backends = {{"s3", s3_backend}};
    return published_main(argc, argv);
}
