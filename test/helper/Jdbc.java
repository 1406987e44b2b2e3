// What a connector over JDBC does: looks at the tables and their columns, then asks. Arguments: address, user, password, statements.
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;

class Jdbc {
  public static void main(String[] arguments) throws SQLException {
    try (Connection connection = DriverManager.getConnection(arguments[0], arguments[1], arguments[2])) {
      connection.setReadOnly(true);
      print("table", connection.getMetaData().getTables(null, "audit", "vw_metricas_%", new String[] {"VIEW"}), 3);
      print("column", connection.getMetaData().getColumns(null, "audit", "vw_metricas_resumo", null), 4, 6);
      for (int i = 3; i < arguments.length; i++) {
        print("row " + (i - 2), connection.createStatement().executeQuery(arguments[i]));
      }
    }
  }

  private static void print(String what, ResultSet rows, int... columns) throws SQLException {
    while (rows.next()) {
      StringBuilder line = new StringBuilder(what);
      int all = columns.length > 0 ? columns.length : rows.getMetaData().getColumnCount();
      for (int i = 0; i < all; i++) line.append('\t').append(rows.getString(columns.length > 0 ? columns[i] : i + 1));
      System.out.println(line);
    }
  }
}
