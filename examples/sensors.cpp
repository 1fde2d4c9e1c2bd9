// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
// Readings of weather stations: a CSV file for each station and day goes into PostgreSQL, the averages of the day after
// them, and an event says on Kafka that the day is there. Whatever is killed, no row is lost or doubled.
//
//   sensors run DaySummary --day 2026-01-01 --config sensors.toml --workers 4
//
//   [DEFAULT]                                         # sensors.toml
//   database = "postgresql://db.example.org/weather"
//   stations = "[17, 23]"
//   [[sink]]
//   type = "kafka"
//   brokers = "broker.example.org:9092"
//   topic = "weather.days"
#include "freshet/command_line.hpp"
#include "freshet/digest.hpp"
#include "freshet/kafka.hpp"
#include "freshet/sql.hpp"

using namespace freshet;

struct Tables {
    std::string database;

    static constexpr Parameter parameters[] = {param<&Tables::database>("connection").insignificant()};

    SqlTarget output() const { return {database, "tables"}; }
    void run() const {
        output().load([](SqlTransaction& sql) {
            sql.execute(
                "CREATE TABLE readings (station int, day date, sensor text, taken_at timestamptz, value float8)");
            sql.execute("CREATE TABLE days (day date, station int, readings int, average float8)");
            sql.create_hypertable("readings", "taken_at");
        });
    }
};

/// Sent by a station in the night: sensor,taken_at,value.
struct StationFile {
    int station = 0;
    Date day;
    std::filesystem::path inbox = "inbox";

    static constexpr auto kind = TaskKind::external;
    static constexpr Parameter parameters[] = {
        param<&StationFile::station>("number of the station").required(), param<&StationFile::day>("").required(),
        param<&StationFile::inbox>("folder that the stations write to").insignificant()};

    LocalTarget output() const {
        return LocalTarget(inbox / std::to_string(station) / (Codec<Date>::write(day) + ".csv"));
    }
};

struct LoadReadings {
    int station = 0;
    Date day;
    std::string database;

    static constexpr Parameter parameters[] = {param<&LoadReadings::station>("number of the station").required(),
                                               param<&LoadReadings::day>("").required(),
                                               param<&LoadReadings::database>("connection").insignificant()};

    auto requirements() const { return all(Tables{database}, StationFile{station, day}); }
    SqlTarget output() const {
        const std::string date = Codec<Date>::write(day), number = std::to_string(station);
        const std::string rows = "readings WHERE station = " + number + " AND day = '" + date + "'";
        return SqlTarget(database, "readings/" + number + "/" + date)
            .verify_with("SELECT sensor, taken_at, value FROM " + rows + " ORDER BY taken_at, sensor")
            .remove_with("DELETE FROM " + rows);
    }
    void run() const {
        output().load([&](SqlTransaction& sql) {
            sql.execute("CREATE TEMPORARY TABLE sent (sensor text, taken_at timestamptz, value float8) ON COMMIT DROP");
            sql.copy_csv("sent", std::get<LocalTarget>(inputs(*this)).path());
            sql.execute("INSERT INTO readings SELECT $1::int, $2::date, * FROM sent WHERE value BETWEEN -90 AND 60",
                        {station, Codec<Date>::write(day)});
        });
    }
};

struct DaySummary {
    Date day;
    std::vector<int> stations;
    std::string database;

    static constexpr bool emits_events = true;
    static constexpr Parameter parameters[] = {param<&DaySummary::day>("").required(),
                                               param<&DaySummary::stations>("their numbers").required().insignificant(),
                                               param<&DaySummary::database>("connection").insignificant()};

    std::vector<LoadReadings> requirements() const {
        std::vector<LoadReadings> loads;
        for (int station : stations) loads.push_back({station, day, database});
        return loads;
    }
    SqlTarget output() const { return {database, "days/" + Codec<Date>::write(day)}; }
    void run(Context& context) const {
        const std::string date = Codec<Date>::write(day);
        output().load([&](SqlTransaction& sql) {
            sql.execute(
                "INSERT INTO days SELECT day, station, count(*), avg(value) FROM readings"
                " WHERE day = $1::date GROUP BY day, station",
                {date});
        });
        context.emit({.id = uuid5("8c7a2a5e-3f0e-4a54-9d5c-5a1c3a0f7d11", date),
                      .source = "/weather/sensors",
                      .type = "org.example.weather.day.loaded.v1",
                      .subject = "weather/" + date,
                      .time = context.clock().now(),
                      .key = "weather",
                      .data = Json::Object{{"day", date}}});
    }
};

int main(int argc, char** argv) {
    return command_line<DaySummary, LoadReadings, StationFile, Tables>(
        {.name = "sensors", .version = "1.0", .sinks = {kafka_sink_type()}}, argc, argv);
}
