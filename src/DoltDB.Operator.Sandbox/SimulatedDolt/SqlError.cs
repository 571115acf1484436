namespace DoltDB.Operator.Sandbox.SimulatedDolt;

/// <summary>An error that a statement or a login ends with, as it travels in an error packet.</summary>
internal sealed class SqlError : Exception
{
    public SqlError(int code, string message)
        : base(message) => Code = code;

    /// <summary>MySQL error code.</summary>
    public int Code { get; }

    /// <summary>The five-character SQL state that belongs to <see cref="Code"/>.</summary>
    public string State => Code switch
    {
        1045 => "28000",
        1049 => "42000",
        1062 => "23000",
        1048 => "23000",
        1064 => "42000",
        1146 => "42S02",
        1050 => "42S01",
        1054 => "42S22",
        1213 => "40001",
        _ => "HY000",
    };
}

/// <summary>The errors that more than one place raises, each written once.</summary>
internal static class SqlErrors
{
    public static SqlError General(string message) => new(1105, message);

    public static SqlError Syntax(int position, string near) => new(1064, $"syntax error at position {position} near '{near}'");

    public static SqlError NoSuchDatabase(string name) => new(1049, $"database not found: {name}");

    public static SqlError NoDatabaseSelected() => new(1046, "no database selected");

    public static SqlError NoSuchTable(string name) => new(1146, $"table not found: {name}");

    public static SqlError NoSuchColumn(string name) => new(1054, $"column \"{name}\" could not be found in any table in scope");

    public static SqlError DatabaseExists(string name) => new(1007, $"can't create database {name}; database exists");

    public static SqlError UnknownSystemVariable(string name) => General($"Unknown system variable '{name}'");

    public static SqlError WrongValue(string name, object? value) => General($"Variable '{name}' can't be set to the value of '{value}'");

    public static SqlError ServerReadOnly() => General("database server is set to read only mode");

    public static SqlError DatabaseReadOnly(string name) => General($"Database {name} is read-only.");
}
