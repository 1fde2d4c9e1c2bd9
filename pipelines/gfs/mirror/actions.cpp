// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "mirror/actions.hpp"

#include "mirror/add.hpp"
#include "mirror/appear.hpp"
#include "mirror/arguments.hpp"
#include "mirror/clone.hpp"
#include "mirror/files.hpp"
#include "mirror/full_inventory.hpp"
#include "mirror/make.hpp"
#include "mirror/serve.hpp"
#include "source/layout.hpp"
#include "source/leads.hpp"

#include "freshet/codec.hpp"
#include "freshet/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <string_view>

namespace gfs::mirror {
namespace {

/// The value of an option; a bad one is told with the option's name.
template <typename T>
T value_of(std::string_view name, const std::string& text) {
    try {
        return freshet::Codec<T>::read(text);
    } catch (const freshet::ParameterError& error) {
        throw freshet::ParameterError(fmt::format("{}: {}", name, error.what()));
    }
}

Slot slot_from(const Arguments& arguments) {
    Slot slot{.cycle = value_of<Cycle>("--cycle", arguments.required("--cycle")),
              .product = arguments.option("--product").value_or("pgrb2.0p25"),
              .lead = value_of<int>("--lead", arguments.required("--lead"))};
    if (!find_product(slot.product).has_lead(slot.lead)) {
        throw freshet::ParameterError(fmt::format("--lead: '{}' has no lead {}", slot.product, slot.lead));
    }
    return slot;
}

std::vector<int> leads_from(const Arguments& arguments, const std::string& product) {
    return value_of<Leads>("--leads", arguments.required("--leads")).of(find_product(product));
}

/// Unless told otherwise the one that the product is named after.
Grid grid_from(const Arguments& arguments, const std::string& product) {
    return grid_named(arguments.option("--grid").value_or(product.substr(product.rfind('.') + 1)));
}

/// The faults of a file, after those leads that appear later.
std::vector<Fault> faults_of(const Arguments& arguments) {
    std::vector<Fault> faults;
    if (const auto schedule = arguments.option("--appear")) {
        try {
            faults = appearing(*schedule);
        } catch (const freshet::ParameterError& error) {
            throw freshet::ParameterError(fmt::format("--appear: {}", error.what()));
        }
    }
    if (const auto file = arguments.option("--faults")) {
        try {
            std::ranges::move(faults_from(freshet::Json::parse(read_file(*file))), std::back_inserter(faults));
        } catch (const freshet::Error& error) {
            throw freshet::ParameterError(fmt::format("--faults '{}': {}", *file, error.what()));
        }
    }
    return faults;
}

}  // namespace

void run_add(const Words& words, std::ostream& out) {
    const Arguments arguments(words, {"FOLDER", "FILE"}, {"--cycle", "--lead", "--product"});
    const auto slot = slot_from(arguments);
    add(arguments.operand(0), slot, arguments.operand(1));
    out << "added " << grib_path(slot.cycle, slot.product, slot.lead) << '\n';
}

void run_serve(const Words& words, std::ostream& out) {
    const Arguments arguments(words, {"FOLDER"}, {"--port", "--address", "--port-file", "--count-file", "--faults", "--appear"});
    ServeOptions options{.folder = arguments.operand(0)};
    if (const auto port = arguments.option("--port")) options.port = value_of<std::uint16_t>("--port", *port);
    if (const auto address = arguments.option("--address")) options.address = *address;
    options.port_file = arguments.option("--port-file");
    options.faults = faults_of(arguments);
    options.count_file = arguments.option("--count-file");
    serve(options, out);
}

void run_make(const Words& words, std::ostream& out) {
    const Arguments arguments(words, {"FOLDER"}, {"--cycle", "--leads", "--product", "--grid", "--variables", "--revision"});
    const auto product = arguments.option("--product").value_or("pgrb2.0p25");
    const auto leads = leads_from(arguments, product);
    make({.folder = arguments.operand(0),
          .cycle = value_of<Cycle>("--cycle", arguments.required("--cycle")),
          .leads = leads,
          .product = product,
          .grid = grid_from(arguments, product),
          .fields = field_set_named(arguments.option("--variables").value_or("portal")),
          .revision = value_of<int>("--revision", arguments.option("--revision").value_or("1"))});
    out << "made " << leads.size() << " leads of '" << product << "'\n";
}

void run_clone(const Words& words, std::ostream& out) {
    const Arguments arguments(words, {"MESSAGES", "FOLDER"}, {"--cycle", "--leads", "--product", "--grid", "--like"});
    const auto product = arguments.option("--product").value_or("pgrb2.0p25");
    const auto like = arguments.option("--like");
    MessagePool pool(grid_from(arguments, product));
    pool.add_folder(arguments.operand(0));
    for (const int lead : leads_from(arguments, product)) {
        const Slot slot{
            .cycle = value_of<Cycle>("--cycle", arguments.required("--cycle")), .product = product, .lead = lead};
        const auto inventory = like ? Inventory::parse(read_file(*like), *like) : full_inventory(lead);
        const auto size = put_clone(arguments.operand(1), slot, inventory, pool);
        out << fmt::format("cloned {} from a pool of {} messages: {} bytes\n", grib_path(slot.cycle, product, lead), pool.size(), size);
    }
}

}  // namespace gfs::mirror
