package io.prontuario.ha.examples.load;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** What is read of the rows that {@link io.prontuario.ha.examples.measure.PlainDoor#insert} writes. */
final class Entries {
    private Entries() {}

    /** Whether it is there. */
    static boolean read(Connection connection, long id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select writer from emr.entry where id = ?")) {
            select.setLong(1, id);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }
}
