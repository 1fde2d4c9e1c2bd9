// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "end_to_end/targets/published_tasks.hpp"
#include "support/directory_target.hpp"

using namespace freshet;
using namespace freshet::test;

namespace {

LocalTarget local(const std::string& place, const std::string& name) {
    return LocalTarget(std::filesystem::path(place) / name);
}

const Backend local_backend{
    .target = [](const std::string& place, const std::string& name) -> AnyTarget { return local(place, name); },
    .write = [](const std::string& place, const std::string& name,
                const std::string& content) { local(place, name).write(content); },
    .read = [](const std::string& place, const std::string& name) -> std::optional<std::string> {
        const LocalTarget file = local(place, name);
        return file.exists() ? std::optional(file.read()) : std::nullopt;
    },
    .replace = [](const std::string& place, const std::string& name,
                  const std::string& content) { write_file_atomically(local(place, name).path(), content); },
    .staged = [](const std::string&, const std::string&) -> std::vector<std::string> { return {}; }};

const Backend directory_backend{
    .target = [](const std::string& place, const std::string& name) -> AnyTarget {
        return Held(DirectoryTarget(place, name), place);
    },
    .write = [](const std::string& place, const std::string& name,
                const std::string& content) { DirectoryTarget(place, name).write(content); },
    .read = [](const std::string& place, const std::string& name) { return DirectoryTarget(place, name).read(); },
    .replace = [](const std::string& place, const std::string& name,
                  const std::string& content) { DirectoryTarget(place, name).replace(content); },
    .staged = [](const std::string& place, const std::string& name) { return DirectoryTarget(place, name).staged(); }};

}  // namespace

int main(int argc, char** argv) {
    backends = {{"local", local_backend}, {"directory", directory_backend}};
    return published_main(argc, argv);
}
