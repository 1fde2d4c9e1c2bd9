// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
// Five tasks of usual kinds, whose compile time compile_time.py measures.
#include "freshet/registry.hpp"
#include "freshet/task.hpp"

using namespace freshet;
using std::chrono::sys_days;

struct Source {
    sys_days day;
    std::string region = "eu";
    static constexpr auto kind = TaskKind::external;
    static constexpr Parameter parameters[] = {param<&Source::day>("of the sales").required(),
                                               param<&Source::region>("of the shops")};
    LocalTarget output() const { return LocalTarget("source/" + region + "/" + Codec<sys_days>::write(day)); }
};

struct Clean {
    sys_days day;
    std::string region = "eu";
    int least = 0;
    static constexpr Parameter parameters[] = {param<&Clean::day>("of the sales").required(),
                                               param<&Clean::region>("of the shops"), param<&Clean::least>("amount")};
    Source requirements() const { return {day, region}; }
    LocalTarget output() const { return LocalTarget("clean/" + region + "/" + Codec<sys_days>::write(day)); }
    void run() const { output().write(inputs(*this).read()); }
    RetryPolicy retry() const { return {.attempts = 3}; }
};

struct Rates {
    sys_days day;
    std::vector<std::string> currencies{"USD"};
    static constexpr Parameter parameters[] = {param<&Rates::day>("of the rates").required(),
                                               param<&Rates::currencies>("their codes")};
    LocalTarget output() const { return LocalTarget("rates/" + Codec<sys_days>::write(day)); }
    void run(Context& context) const { output().write(context.http().send({.url = "https://bank.example.org/"}).body); }
    std::chrono::seconds timeout() const { return std::chrono::minutes(1); }
};

struct Report {
    sys_days day;
    std::string region = "eu";
    static constexpr Parameter parameters[] = {param<&Report::day>("of the sales").required(),
                                               param<&Report::region>("of the shops")};
    auto requirements() const { return all(Clean{day, region}, Rates{.day = day}); }
    LocalTarget output() const { return LocalTarget("report/" + region + "/" + Codec<sys_days>::write(day)); }
    void run() const {
        const auto [sales, rates] = inputs(*this);
        output().write(sales.read() + rates.read());
    }
    Resources resources() const { return {{"printer", 1}}; }
    void on_failure(const Failure&, const EndedAttempt&) const {}
};

struct Month {
    std::chrono::year_month month;
    static constexpr Parameter parameters[] = {param<&Month::month>("of the reports").required()};
    std::vector<Report> requirements() const {
        std::vector<Report> reports;
        for (sys_days day = month / 1; day < sys_days((month + std::chrono::months(1)) / 1);
             day += std::chrono::days(1))
            reports.push_back({.day = day});
        return reports;
    }
    LocalTarget output() const { return LocalTarget("month/" + Codec<std::chrono::year_month>::write(month)); }
    Outcome run(Context& context) const {
        std::string text;
        for (const LocalTarget& report : inputs(*this)) text += report.read();
        context.progress(1);
        output().write(text);
        return Outcome::done;
    }
};

Registry tasks() { return Registry::of<Source, Clean, Rates, Report, Month>(); }
