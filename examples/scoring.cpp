// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
// Scores the messages of each day by a model, the weights of words, and lists the most urgent ones of a week. All is in
// S3. The scores of another model are other objects, so a better one can be tried beside the one in use.
//
//   scoring run MostUrgent --days 2026-W03 --model 2 --bucket s3://support --workers 7
#include "freshet/command_line.hpp"
#include "freshet/parameter_types.hpp"
#include "freshet/s3.hpp"
#include "freshet/text.hpp"

#include <algorithm>
#include <sstream>

using namespace freshet;

/// Written by those who train it: {"refund": 2.5, "thanks": -1}
struct Model {
    int model = 0;
    std::string bucket;

    static constexpr auto kind = TaskKind::external;
    static constexpr Parameter parameters[] = {param<&Model::model>("its version").required(),
                                               param<&Model::bucket>("s3://NAME").required()};

    S3Target output() const { return S3Target(bucket + "/models/" + std::to_string(model) + ".json"); }
};

/// Written by the mail server: {"id": "a1", "text": "..."} on each line
struct Messages {
    Date day;
    std::string bucket;

    static constexpr auto kind = TaskKind::external;
    static constexpr Parameter parameters[] = {param<&Messages::day>("of their arrival").required(),
                                               param<&Messages::bucket>("s3://NAME").required()};

    S3Target output() const { return S3Target(bucket + "/messages/" + Codec<Date>::write(day) + ".jsonl"); }
};

struct ScoreDay {
    Date day;
    int model = 0;
    std::string bucket;

    static constexpr Parameter parameters[] = {param<&ScoreDay::day>("of the messages").required(),
                                               param<&ScoreDay::model>("its version").required(),
                                               param<&ScoreDay::bucket>("s3://NAME").required()};

    auto requirements() const { return all(Model{model, bucket}, Messages{day, bucket}); }
    S3Target output() const {
        return S3Target(bucket + "/scores/" + std::to_string(model) + "/" + Codec<Date>::write(day) + ".csv");
    }
    void run(Context& context) const {
        const auto [weights_of_words, messages] = inputs(*this);
        const Json weights = Json::parse(weights_of_words.read());
        std::istringstream lines(messages.read());
        std::string scores;
        std::int64_t count = 0;
        for (std::string line; std::getline(lines, line); ++count) {
            const Json message = Json::parse(line);
            std::istringstream words(message.at("text").as_string());
            double score = 0;
            for (std::string word; words >> word;)
                if (const Json* weight = weights.find(lower(word))) score += weight->as_number();
            scores += Codec<double>::write(score) + "," + message.at("id").as_string() + "\n";
        }
        output().write(scores);
        context.add_metadata("messages", count);
    }
};

struct MostUrgent {
    DateInterval days;
    int model = 0;
    std::string bucket;
    int count = 10;

    static constexpr Parameter parameters[] = {param<&MostUrgent::days>("a week, a month, ...").required(),
                                               param<&MostUrgent::model>("its version").required(),
                                               param<&MostUrgent::bucket>("s3://NAME").required(),
                                               param<&MostUrgent::count>("length of the list")};

    std::vector<ScoreDay> requirements() const {
        std::vector<ScoreDay> scores;
        for (Date day : days.days()) scores.push_back({day, model, bucket});
        return scores;
    }
    S3Target output() const {
        const std::string name = Codec<DateInterval>::write(days) + "-" + std::to_string(count) + ".txt";
        return S3Target(bucket + "/urgent/" + std::to_string(model) + "/" + name);
    }
    void run() const {
        std::vector<std::pair<double, std::string>> messages;
        for (const S3Target& scores : inputs(*this)) {
            std::istringstream lines(scores.read());
            char comma = 0;
            std::string id;
            for (double score = 0; lines >> score >> comma >> id;) messages.emplace_back(-score, id);
        }
        std::ranges::sort(messages);
        messages.resize(std::min(messages.size(), static_cast<std::size_t>(count)));
        std::string list;
        for (const auto& [score, id] : messages) list += id + "\n";
        output().write(list);
    }
};

int main(int argc, char** argv) {
    return command_line<MostUrgent, ScoreDay, Messages, Model>(
        {.name = "scoring", .version = "1.0", .summary = "finds urgent messages"}, argc, argv);
}
