package io.prontuario.ha.examples.measure;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** A way to the database itself, by which a user also reads. */
public interface ReadingDoor extends Door {
    @Override
    void write(long id, int user) throws SQLException;

    /** Whether a row is there. */
    boolean has(long id) throws SQLException;

    /** Whether it is there by this connection. */
    static boolean has(Connection connection, long id) throws SQLException {
        try (PreparedStatement question = connection.prepareStatement("select from emr.entry where id = ?")) {
            question.setLong(1, id);
            try (ResultSet row = question.executeQuery()) {
                return row.next();
            }
        }
    }
}
