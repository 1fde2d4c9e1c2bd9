// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"
#include "netcdf/convert.hpp"
#include "netcdf/define_file.hpp"
#include "netcdf/file_layout.hpp"
#include "netcdf/inventory_lines.hpp"

#include "freshet/error.hpp"
#include "freshet/target.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <ostream>
#include <set>

namespace gfs {

namespace {

using std::filesystem::path;

constexpr int exit_complete = 0;
constexpr int exit_failed = 30;

// Strips endings of GRIB files only: the text after the last dot of "gfs.t12z.pgrb2.0p25.f006" is the lead.
std::string stem_of(const path& file) {
    constexpr std::array endings{".grib2", ".grb2", ".grib", ".grb", ".gb2"};
    std::string name = file.filename().string();
    for (const std::string_view ending : endings) {
        if (name.size() > ending.size() && name.ends_with(ending)) return name.substr(0, name.size() - ending.size());
    }
    return name;
}

// The modification time, which is that of the publication if the download kept it.
std::string modification_time(const path& file) {
    const auto time = std::chrono::file_clock::to_sys(std::filesystem::last_write_time(file));
    return iso_time(std::chrono::floor<std::chrono::seconds>(time));
}

std::string count_text(std::size_t count, const char* noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

void warn_of_foreign_bytes(const freshet::CommandCall& call, const path& file, const GribReader& reader) {
    const std::uint64_t count = reader.foreign_bytes();
    if (count == 0) return;
    call.err << fmt::format("{}: warning: read '{}': {} that {} to no message {} skipped\n", call.program.name,
                            file.string(), count_text(count, "byte"), count == 1 ? "belongs" : "belong",
                            count == 1 ? "is" : "are");
}

/// Converts one file after the other and refuses to write an output twice.
class Converter {
public:
    Converter(const freshet::CommandCall& call, path output)
        : call_(call),
          output_(std::move(output)),
          unknown_(call.option<UnknownMessages>("unknown").value_or(UnknownMessages::refuse)),
          area_(call.option<Area>("area")),
          chunks_(call.option<Chunks>("chunks").value_or(Chunks::map)),
          precision_(call.option<Precision>("precision").value_or(Precision::exact)) {}

    void convert(const path& file) {
        GribReader reader(file);
        warn_of_foreign_bytes(call_, file, reader);
        const std::vector<FileGroup> groups = group_messages(reader.messages());
        for (const FileGroup& group : groups) check_not_existing(file, target_of(file, group));
        for (const FileGroup& group : groups) convert(reader, group, file);
    }

private:
    path target_of(const path& file, const FileGroup& group) const {
        return output_ / (stem_of(file) + group.suffix + ".nc");
    }

    void check_not_existing(const path& file, const path& target) {
        if (!written_.insert(target).second) {
            throw freshet::Error(
                fmt::format("convert '{}': '{}' was already written from another FILE; use another --output",
                            file.string(), target.string()));
        }
        if (std::filesystem::exists(target) && !call_.has("overwrite")) {
            throw freshet::Error(fmt::format("convert '{}': '{}' already exists; pass --overwrite to replace it",
                                             file.string(), target.string()));
        }
    }

    void convert(GribReader& reader, const FileGroup& group, const path& file) {
        const path target = target_of(file, group);
        Conversion conversion;
        freshet::LocalTarget(target).create([&](const path& temporary) {
            conversion = gfs::convert(reader, group.messages,
                                      {.grib = file,
                                       .netcdf = temporary,
                                       .dataset = {.id = stem_of(file) + group.suffix,
                                                   .title = "Forecast fields of " + file.filename().string(),
                                                   .date_created = modification_time(file),
                                                   .code_version = call_.program.version},
                                       .unknown = unknown_,
                                       .buckets = Buckets::inferred,
                                       .area = area_,
                                       .chunks = chunks_,
                                       .precision = precision_});
        });
        if (conversion.repetitions > 0)
            call_.err << fmt::format("{}: warning: convert '{}': {} left out, equal to an earlier one in every byte\n",
                                     call_.program.name, file.string(), count_text(conversion.repetitions, "message"));
        call_.out << fmt::format("{}: {} in {}\n", target.string(), count_text(conversion.fields, "field"),
                                 count_text(conversion.variables.size(), "variable"));
    }

    const freshet::CommandCall& call_;
    path output_;
    UnknownMessages unknown_;
    std::optional<Area> area_;
    Chunks chunks_;
    Precision precision_;
    std::set<path> written_;
};

/// Lists a file's messages. Throws Error about one that is not understood after the others.
void list(const freshet::CommandCall& call, const path& file) {
    const GribReader reader(file, StrangeMessages::tell);
    warn_of_foreign_bytes(call, file, reader);
    if (call.operands.size() > 1) call.out << file.string() << '\n';
    for (const Message& message : reader.messages()) call.out << index_line(message, CfTable::built_in()) << '\n';
    if (!reader.strange().empty())
        throw freshet::Error(fmt::format("{}", fmt::join(reader.strange(), "\n" + call.program.name + ": ")));
}

// Continues after a file that cannot be read.
template <class Action>
int for_each_file(const freshet::CommandCall& call, Action action) {
    int status = exit_complete;
    for (const std::string& file : call.operands) {
        try {
            action(path(file));
        } catch (const std::exception& error) {
            call.err << fmt::format("{}: {}\n", call.program.name, error.what());
            status = exit_failed;
        }
    }
    return status;
}

int run(const freshet::CommandCall& call) {
    if (call.has("list")) return for_each_file(call, [&](const path& file) { list(call, file); });
    const auto output = call.option("output");
    if (!output) throw freshet::ParameterError("--output DIR is required (use --list to show the contents only)");
    Converter converter(call, *output);
    return for_each_file(call, [&](const path& file) { converter.convert(file); });
}

}  // namespace

freshet::ProgramCommand convert_command() {
    return {.name = "convert",
            .operands = "FILE...",
            .help = "convert GRIB2 files to CF NetCDF, one output for each cycle, lead and grid",
            .options = {{"output", "DIR", "folder of the NetCDF files"},
                        {"list", "", "print the inventory in NCEP's format; write nothing"},
                        {"unknown", "refuse|keep",
                         "unrecognised messages: fail, or keep as variables named by their numbers (default: refuse)"},
                        {"area", "W,E,S,N", "crop to west, east, south, north in degrees"},
                        {"chunks", "map|series", "store fields whole, or in tiles for time series (default: map)"},
                        {"precision", "exact|packing",
                         "keep all digits of the values, or those that their packing tells (default: exact)"},
                        {"overwrite", "", "replace existing files"}},
            .run = run};
}

}  // namespace gfs
