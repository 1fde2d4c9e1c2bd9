// SPDX-FileCopyrightText: The Freshet authors
// SPDX-License-Identifier: Apache-2.0
#include "base/time.hpp"
#include "freshet/error.hpp"
#include "freshet/sql.hpp"
#include "target/sql_session.hpp"

#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <memory>
#include <sstream>

namespace freshet {

namespace {

/// A row as libpqxx takes it; valid as long as the row.
std::vector<const char*> texts_of(const SqlRow& row) {
    std::vector<const char*> texts;
    texts.reserve(row.size());
    for (const SqlValue& value : row) texts.push_back(value.is_null() ? nullptr : value.text()->c_str());
    return texts;
}

pqxx::result executed(pqxx::work& work, const std::string& statement, const SqlRow& parameters) {
    return work.exec_params(statement, pqxx::prepare::make_dynamic_params(texts_of(parameters)));
}

SqlRow row_of(const pqxx::row& row) {
    SqlRow values;
    values.reserve(row.size());
    for (const pqxx::field& field : row) values.push_back(field.is_null() ? SqlValue() : SqlValue(field.c_str()));
    return values;
}

/// The data of one COPY FROM STDIN. If it is not finished, the server drops it.
class CopyData {
public:
    CopyData(pqxx::dbtransaction& transaction, PGconn* connection, std::string statement)
        : connection_(connection), statement_(std::move(statement)) {
        transaction.exec(statement_);
    }
    ~CopyData() {
        if (!is_ended_ && PQputCopyEnd(connection_, "the load was given up") == 1) drain();
    }
    CopyData(const CopyData&) = delete;
    CopyData& operator=(const CopyData&) = delete;

    void send(std::string_view bytes) {
        check(PQputCopyData(connection_, bytes.data(), static_cast<int>(bytes.size())) == 1);
    }

    /// Returns the number of rows.
    std::int64_t finish() {
        is_ended_ = true;
        check(PQputCopyEnd(connection_, nullptr) == 1);
        const Result result(PQgetResult(connection_), &PQclear);
        drain();
        check(result != nullptr);
        if (PQresultStatus(result.get()) != PGRES_COMMAND_OK)
            throw pqxx::sql_error(PQresultErrorMessage(result.get()), statement_,
                                  PQresultErrorField(result.get(), PG_DIAG_SQLSTATE));
        return std::stoll(PQcmdTuples(result.get()));
    }

private:
    using Result = std::unique_ptr<PGresult, decltype(&PQclear)>;

    void check(bool succeeded) const {
        if (!succeeded) throw pqxx::broken_connection(PQerrorMessage(connection_));
    }

    void drain() const {
        while (PGresult* result = PQgetResult(connection_)) PQclear(result);
    }

    PGconn* connection_;
    std::string statement_;
    bool is_ended_ = false;
};

/// Appends the row as a line of COPY's text format.
void append_line(std::string& text, const SqlRow& row) {
    const std::size_t start = text.size();
    for (const SqlValue& value : row) {
        if (text.size() > start) text += '\t';
        if (value.is_null()) text += "\\N";
        for (const char c : value.text().value_or("")) switch (c) {
                case '\\':
                    text += "\\\\";
                    break;
                case '\t':
                    text += "\\t";
                    break;
                case '\n':
                    text += "\\n";
                    break;
                case '\r':
                    text += "\\r";
                    break;
                default:
                    text += c;
            }
    }
    text += '\n';
}

/// The names in the first line of a CSV file.
std::vector<std::string> columns_in(const std::string& line) {
    std::vector<std::string> names;
    std::istringstream in(line);
    for (std::string name; std::getline(in, name, ',');) {
        if (name.size() > 1 && name.starts_with('"') && name.ends_with('"')) name = name.substr(1, name.size() - 2);
        names.push_back(std::move(name));
    }
    return names;
}

constexpr std::size_t bytes_at_once = 1 << 16;

}  // namespace

SqlValue::SqlValue(std::string text) : text_(std::move(text)) {
    if (text_->find('\0') != text_->npos)
        throw Error(fmt::format("make an SQL value of '{}': it has a NUL byte", text_->c_str()));
}

SqlValue::SqlValue(Time time) : text_(rfc3339(time)) {}

SqlValue::SqlValue(double value)
    : text_(std::isinf(value) ? (value > 0 ? "Infinity" : "-Infinity") : fmt::format("{}", value)) {}

std::int64_t SqlTransaction::execute(const std::string& statement, const SqlRow& parameters) {
    return sql::translated(fmt::format("execute a statement for '{}'", state_.address), [&] {
        return static_cast<std::int64_t>(executed(state_.work, statement, parameters).affected_rows());
    });
}

std::vector<SqlRow> SqlTransaction::query(const std::string& statement, const SqlRow& parameters) {
    return sql::translated(fmt::format("execute a query for '{}'", state_.address), [&] {
        std::vector<SqlRow> rows;
        for (const pqxx::row& row : executed(state_.work, statement, parameters)) rows.push_back(row_of(row));
        return rows;
    });
}

std::int64_t SqlTransaction::copy(const std::string& table, const std::vector<std::string>& columns,
                                  const std::function<bool(SqlRow&)>& next) {
    return copy_data(table, columns, "text", [&](const Send& send) {
        std::string lines;
        for (SqlRow row; next(row); row.clear()) {
            append_line(lines, row);
            if (lines.size() < bytes_at_once) continue;
            send(lines);
            lines.clear();
        }
        send(lines);
    });
}

std::int64_t SqlTransaction::copy_csv(const std::string& table, const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw Error(fmt::format("read '{}': it cannot be opened", file.string()));
    std::string line;
    std::getline(in, line);
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty()) throw Error(fmt::format("read '{}': the line with the columns is missing", file.string()));
    return copy_data(table, columns_in(line), "csv", [&](const Send& send) {
        std::string bytes;
        do {
            bytes.resize(bytes_at_once);
            in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
            send({bytes.data(), static_cast<std::size_t>(in.gcount())});
        } while (in);
        if (in.bad()) throw Error(fmt::format("read '{}': it cannot be read", file.string()));
    });
}

std::int64_t SqlTransaction::copy_data(const std::string& table, const std::vector<std::string>& columns,
                                       std::string_view format, const std::function<void(const Send&)>& write) {
    return sql::translated(fmt::format("copy rows into table '{}' for '{}'", table, state_.address), [&] {
        std::string names;
        for (const std::string& column : columns) names += (names.empty() ? "" : ", ") + state_.work.quote_name(column);
        // After a failure the transaction can go on without the rows.
        pqxx::subtransaction savepoint(state_.work);
        CopyData data(savepoint, state_.session.handle(),
                      fmt::format("COPY {} ({}) FROM STDIN WITH (FORMAT {})", table, names, format));
        write([&](std::string_view bytes) { data.send(bytes); });
        const std::int64_t rows = data.finish();
        savepoint.commit();
        state_.rows += rows;
        return rows;
    });
}

bool SqlTransaction::create_hypertable(const std::string& table, const std::string& time_column) {
    if (query("SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'").empty()) return false;
    query("SELECT create_hypertable($1::regclass, $2::name, if_not_exists => true)", {table, time_column});
    return true;
}

}  // namespace freshet
