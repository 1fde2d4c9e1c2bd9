// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "simulator/command.hpp"

#include "inventory/leads.hpp"
#include "inventory/product_layout.hpp"
#include "simulator/clone.hpp"
#include "simulator/generate.hpp"
#include "simulator/inventory_fields.hpp"
#include "simulator/publish.hpp"
#include "simulator/server.hpp"

#include "freshet/codec.hpp"
#include "freshet/error.hpp"
#include "freshet/file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <optional>
#include <ostream>
#include <string_view>

namespace gfs::simulator {
namespace {

using Args = std::vector<std::string>;

constexpr int usage_error = 64;  // sysexits.h EX_USAGE, as Freshet's other programs

constexpr std::string_view usage =
    "gfs-simulator serve FOLDER [--port N] [--address A] [--port-file F] [--count-file F] [--faults F] [--appear "
    "3:20,4:25]\n"
    "    Serve a folder in the layout of the public GFS mirrors until stopped. --faults injects the faults of a JSON\n"
    "    file; --appear releases leads so many seconds after the start.\n"
    "gfs-simulator add FOLDER FILE --cycle 2022-03-15T18 --lead 6 --product pgrb2.1p00\n"
    "    Publish a GRIB2 file and its inventory in such a folder.\n"
    "gfs-simulator make FOLDER --cycle 2026-11-21T00 --leads 0-6 [--product pgrb2.0p25] [--grid 0p25|0p50|1p00|small]\n"
    "        [--variables portal|odd|all] [--revision 1]\n"
    "    Generate the files of a cycle with the fields that weather portals show, the same and some unusual ones, or\n"
    "    all fields of a whole file. Another revision has slightly other values.\n"
    "gfs-simulator clone MESSAGES FOLDER --cycle 2026-11-21T00 --leads 7 [--product pgrb2.0p25] [--grid 0p25] [--like "
    "IDX]\n"
    "    Assemble whole files from the GRIB2 messages in a folder, one for each line of an inventory; the packed "
    "values\n"
    "    are kept.\n";

/// The parsed arguments of a command: "FOLDER FILE --lead 6" are two operands and one option.
class ParsedArguments {
public:
    /// Throws ParameterError for an unknown option, an option without value, or a wrong number of operands.
    ParsedArguments(const std::vector<std::string>& args, const std::vector<std::string_view>& operands,
                    const std::vector<std::string_view>& options);

    const std::string& operand(std::size_t index) const { return operands_[index]; }
    std::optional<std::string> option(std::string_view name) const;
    /// Throws ParameterError when the option is absent.
    std::string required(std::string_view name) const;

private:
    std::vector<std::string> operands_;
    std::map<std::string, std::string, std::less<>> options_;
};

ParsedArguments::ParsedArguments(const std::vector<std::string>& args, const std::vector<std::string_view>& operands,
                                 const std::vector<std::string_view>& options) {
    for (auto arg = args.begin(); arg != args.end(); ++arg) {
        if (!arg->starts_with("--")) {
            operands_.push_back(*arg);
            continue;
        }
        const auto equals = arg->find('=');
        const auto name = arg->substr(0, equals);
        if (std::ranges::find(options, name) == options.end()) {
            throw freshet::ParameterError(
                fmt::format("unknown option '{}'; options: {}", name, fmt::join(options, ", ")));
        }
        if (equals != std::string::npos) {
            options_[name] = arg->substr(equals + 1);
        } else if (std::next(arg) != args.end()) {
            options_[name] = *++arg;
        } else {
            throw freshet::ParameterError(fmt::format("option '{}' needs a value", name));
        }
    }
    if (operands_.size() != operands.size()) {
        throw freshet::ParameterError(fmt::format("expected {}, got {}: '{}'", fmt::join(operands, " and "),
                                                  operands_.size(), fmt::join(operands_, "' '")));
    }
}

std::optional<std::string> ParsedArguments::option(std::string_view name) const {
    const auto found = options_.find(name);
    return found == options_.end() ? std::nullopt : std::optional(found->second);
}

std::string ParsedArguments::required(std::string_view name) const {
    if (auto value = option(name)) return *value;
    throw freshet::ParameterError(fmt::format("option '{}' is required", name));
}

/// Parses the value of an option; errors name the option.
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

/// The grid of --grid, by default that of the product.
Grid grid_from(const ParsedArguments& arguments, const std::string& product) {
    return parse_grid(arguments.option("--grid").value_or(product.substr(product.rfind('.') + 1)));
}

/// The faults of --appear, then those of --faults.
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
            std::ranges::move(parse_faults(freshet::Json::parse(freshet::read_file(*file))),
                              std::back_inserter(faults));
        } catch (const freshet::Error& error) {
            throw freshet::ParameterError(fmt::format("--faults '{}': {}", *file, error.what()));
        }
    }
    return faults;
}

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
        const auto inventory = like ? Inventory::parse(freshet::read_file(*like), *like) : full_inventory(lead);
        const auto size = publish_clone(arguments.operand(1), key, inventory, pool);
        out << fmt::format("cloned {} from a pool of {} messages: {} bytes\n", grib_path(key), pool.size(), size);
    }
}

struct Command {
    std::string_view name;
    void (*run)(const Args& args, std::ostream& out);
};

constexpr Command commands[] = {{"serve", run_serve}, {"add", run_add}, {"make", run_make}, {"clone", run_clone}};

int run(const Command& command, const Args& args, std::ostream& out, std::ostream& err) {
    try {
        command.run(args, out);
        return 0;
    } catch (const freshet::ParameterError& error) {
        err << "gfs-simulator " << command.name << ": " << error.what() << '\n';
        return usage_error;
    } catch (const std::exception& error) {
        err << "gfs-simulator " << command.name << ": " << error.what() << '\n';
        return 1;
    }
}

}  // namespace

int run_command(const Args& args, std::ostream& out, std::ostream& err) {
    if (std::ranges::any_of(args, [](const auto& arg) { return arg == "--help" || arg == "-h"; })) {
        out << usage;
        return 0;
    }
    const auto* const command =
        args.empty() ? std::end(commands) : std::ranges::find(commands, std::string_view(args[0]), &Command::name);
    if (command == std::end(commands)) {
        err << (args.empty() ? "gfs-simulator: no command given" : "gfs-simulator: unknown command '" + args[0] + "'")
            << "; commands:\n"
            << usage;
        return usage_error;
    }
    return run(*command, Args(args.begin() + 1, args.end()), out, err);
}

}  // namespace gfs::simulator
