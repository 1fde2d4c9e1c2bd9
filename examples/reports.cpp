// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
// A report for each day of the last months: which two articles were bought together most often. What is missing is
// made, whichever days it is.
//
//   reports run RangeDaily --of DailyReport --start 2026-01-01 --workers 4       every day, up to now
//   reports backfill DailyReport --from 2026-01-01 --to 2026-04-01 --region us   a quarter, behind other work
#include "freshet/command_line.hpp"

#include <algorithm>
#include <random>
#include <sstream>

using namespace freshet;

/// The common parameters of a day's tasks.
struct Day {
    Date day;
    std::string region = "eu";
    int purchases = 100;
    std::filesystem::path folder = "reports";

    static constexpr Parameter parameters[] = {param<&Day::day>("of the sales").required(),
                                               param<&Day::region>("of the shops"),
                                               param<&Day::purchases>("size of the sample").insignificant(),
                                               param<&Day::folder>("of all files").insignificant()};

    LocalTarget file(std::string_view kind) const {
        return LocalTarget(folder / kind / region / Codec<Date>::write(day));
    }
};

constexpr std::size_t articles = 200;

/// Stands for the export of a data base: the articles of each purchase.
struct DailySales : Day {
    static constexpr auto parameters = inherit_parameters<Day, DailySales>();

    LocalTarget output() const { return file("sales"); }
    void run() const {
        std::minstd_rand article(static_cast<unsigned>(day.time_since_epoch().count()));
        std::string sales;
        for (int purchase = 0; purchase < purchases; ++purchase, sales += '\n')
            for (int i = 0; i < 20; ++i) sales += std::to_string(article() % articles) + ' ';
        output().write(sales);
    }
};

struct DailyReport : Day {
    static constexpr auto parameters = inherit_parameters<Day, DailyReport>();

    DailySales requirements() const { return {*this}; }
    LocalTarget output() const { return file("report"); }
    void run() const {
        std::istringstream sales(inputs(*this).read());
        std::vector<int> together(articles * articles);
        for (std::string purchase; std::getline(sales, purchase);) {
            std::istringstream line(purchase);
            std::vector<std::size_t> bought;
            for (std::size_t article = 0; line >> article;) bought.push_back(article);
            std::ranges::sort(bought);
            bought.erase(std::unique(bought.begin(), bought.end()), bought.end());
            for (auto one = bought.begin(); one != bought.end(); ++one)
                for (auto other = one + 1; other != bought.end(); ++other) ++together[*one * articles + *other];
        }
        const auto most = std::max_element(together.begin(), together.end());
        const auto pair = static_cast<std::size_t>(most - together.begin());
        output().write(std::to_string(pair / articles) + " and " + std::to_string(pair % articles) + ", " +
                       std::to_string(*most) + " times\n");
    }

    /// One look at each folder instead of one at each file.
    static std::vector<bool> bulk_complete(const std::vector<DailyReport>& reports) {
        return LocalTarget::exist_by_listing(outputs(reports));
    }
    /// Leaves the reason where somebody looks for it.
    void on_failure(const Failure& failure, const EndedAttempt& attempt) const {
        if (attempt.is_last) file("failed").write(failure.message + '\n');
    }
};

int main(int argc, char** argv) {
    return command_line<DailyReport, DailySales>({.name = "reports", .version = "1.0"}, argc, argv);
}
