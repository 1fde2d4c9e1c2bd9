// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/actions.hpp"

#include "inventory/leads.hpp"
#include "inventory/product_layout.hpp"
#include "simulator/add.hpp"
#include "simulator/appear.hpp"
#include "simulator/arguments.hpp"
#include "simulator/clone.hpp"
#include "simulator/files.hpp"
#include "simulator/full_inventory.hpp"
#include "simulator/generate.hpp"
#include "simulator/serve.hpp"

#include "freshet/codec.hpp"
#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <string_view>

namespace gfs::simulator {
namespace {

/// The value of an option; a bad one is told with the option's name.
template <typename T>
T parse_option(std::string_view name, const std::string& text) {
    try {
        return freshet::Codec<T>::read(text);
    } catch (const freshet::ParameterError& error) {
        throw freshet::ParameterError(fmt::format("{}: {}", name, error.what()));
    }
}

FileKey key_from(const ParsedArguments& arguments) {
    FileKey key{.cycle = parse_option<Cycle>("--cycle", arguments.required("--cycle")),
                .product = arguments.option("--product").value_or("pgrb2.0p25"),
                .lead = parse_option<int>("--lead", arguments.required("--lead"))};
    if (!find_product(key.product).has_lead(key.lead)) {
        throw freshet::ParameterError(fmt::format("--lead: '{}' has no lead {}", key.product, key.lead));
    }
    return key;
}

std::vector<int> leads_from(const ParsedArguments& arguments, const std::string& product) {
    return parse_option<Leads>("--leads", arguments.required("--leads")).hours(find_product(product));
}

/// Unless told otherwise the one that the product is named after.
Grid grid_from(const ParsedArguments& arguments, const std::string& product) {
    return parse_grid(arguments.option("--grid").value_or(product.substr(product.rfind('.') + 1)));
}

/// The faults of a file, after those leads that appear later.
std::vector<Fault> faults_from(const ParsedArguments& arguments) {
    std::vector<Fault> faults;
    if (const auto schedule = arguments.option("--appear")) {
        try {
            faults = parse_release_schedule(*schedule);
        } catch (const freshet::ParameterError& error) {
            throw freshet::ParameterError(fmt::format("--appear: {}", error.what()));
        }
    }
    if (const auto file = arguments.option("--faults")) {
        try {
            std::ranges::move(parse_faults(freshet::Json::parse(read_file(*file))), std::back_inserter(faults));
        } catch (const freshet::Error& error) {
            throw freshet::ParameterError(fmt::format("--faults '{}': {}", *file, error.what()));
        }
    }
    return faults;
}

}  // namespace

void run_add(const Args& args, std::ostream& out) {
    const ParsedArguments arguments(args, {"FOLDER", "FILE"}, {"--cycle", "--lead", "--product"});
    const auto key = key_from(arguments);
    add_file(arguments.operand(0), key, arguments.operand(1));
    out << "added " << grib_path(key) << '\n';
}

void run_serve(const Args& args, std::ostream& out) {
    const ParsedArguments arguments(args, {"FOLDER"},
                                    {"--port", "--address", "--port-file", "--count-file", "--faults", "--appear"});
    ServeOptions options{.folder = arguments.operand(0)};
    if (const auto port = arguments.option("--port")) options.port = parse_option<std::uint16_t>("--port", *port);
    if (const auto address = arguments.option("--address")) options.address = *address;
    options.port_file = arguments.option("--port-file");
    options.faults = faults_from(arguments);
    options.count_file = arguments.option("--count-file");
    serve(options, out);
}

void run_make(const Args& args, std::ostream& out) {
    const ParsedArguments arguments(args, {"FOLDER"},
                                    {"--cycle", "--leads", "--product", "--grid", "--variables", "--revision"});
    const auto product = arguments.option("--product").value_or("pgrb2.0p25");
    const auto leads = leads_from(arguments, product);
    generate({.folder = arguments.operand(0),
              .cycle = parse_option<Cycle>("--cycle", arguments.required("--cycle")),
              .leads = leads,
              .product = product,
              .grid = grid_from(arguments, product),
              .fields = parse_field_set(arguments.option("--variables").value_or("portal")),
              .revision = parse_option<int>("--revision", arguments.option("--revision").value_or("1"))});
    out << "made " << leads.size() << " leads of '" << product << "'\n";
}

void run_clone(const Args& args, std::ostream& out) {
    const ParsedArguments arguments(args, {"MESSAGES", "FOLDER"},
                                    {"--cycle", "--leads", "--product", "--grid", "--like"});
    const auto product = arguments.option("--product").value_or("pgrb2.0p25");
    const auto like = arguments.option("--like");
    MessagePool pool(grid_from(arguments, product));
    pool.add_folder(arguments.operand(0));
    for (const int lead : leads_from(arguments, product)) {
        const FileKey key{
            .cycle = parse_option<Cycle>("--cycle", arguments.required("--cycle")), .product = product, .lead = lead};
        const auto inventory = like ? Inventory::parse(read_file(*like), *like) : full_inventory(lead);
        const auto size = publish_clone(arguments.operand(1), key, inventory, pool);
        out << fmt::format("cloned {} from a pool of {} messages: {} bytes\n", grib_path(key),
                           pool.size(), size);
    }
}

}  // namespace gfs::simulator
