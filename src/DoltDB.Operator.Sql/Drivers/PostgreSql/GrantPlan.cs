namespace DoltDB.Operator.Sql.Drivers.PostgreSql;

/// <summary>The statements that turn what a role holds into what it should hold. Pure.</summary>
internal sealed class GrantPlan(string user, GrantTarget target)
{
    private static readonly string[] s_connect = ["CONNECT"];
    private static readonly string[] s_usage = ["USAGE"];

    private readonly string _role = PostgreSqlQuoting.Identifier(user);
    private readonly string _database = PostgreSqlQuoting.Identifier(target.Database);
    private readonly string _schema = PostgreSqlQuoting.Identifier(target.Schema);

    /// <summary>Grants what is missing.</summary>
    public List<string> Grant(HeldGrants held, bool withOption)
    {
        var statements = new List<string>();
        void Add(IEnumerable<string> privileges, string where, bool option)
        {
            if (string.Join(", ", privileges) is { Length: > 0 } list)
                statements.Add($"GRANT {list} ON {where} TO {_role}{(option ? " WITH GRANT OPTION" : "")}");
        }

        void AddFuture(GrantPlace place, IEnumerable<string> wanted, string things)
        {
            if (target.Table is null && string.Join(", ", held.Missing(place, wanted, withOption)) is { Length: > 0 } list)
                statements.Add($"ALTER DEFAULT PRIVILEGES IN SCHEMA {_schema} GRANT {list} ON {things} TO {_role}{(withOption ? " WITH GRANT OPTION" : "")}");
        }

        // What comes along comes without the option to pass it on.
        Add(held.Missing(GrantPlace.Database, target.OnDatabase, withOption), $"DATABASE {_database}", withOption);
        if (!target.OnDatabase.Contains("CONNECT"))
            Add(held.Missing(GrantPlace.Database, s_connect, withGrantOption: false), $"DATABASE {_database}", option: false);
        Add(held.Missing(GrantPlace.Schema, target.OnSchema, withOption), $"SCHEMA {_schema}", withOption);
        if (target.OnTables.Count > 0 && !target.OnSchema.Contains("USAGE"))
            Add(held.Missing(GrantPlace.Schema, s_usage, withGrantOption: false), $"SCHEMA {_schema}", option: false);
        if (held.Tables.Count > 0)
            Add(target.OnTables, $"TABLE {string.Join(", ", held.Tables)}", withOption);
        if (held.Sequences.Count > 0)
            Add(target.OnSequences, $"SEQUENCE {string.Join(", ", held.Sequences)}", withOption);
        AddFuture(GrantPlace.FutureTables, target.OnTables, "TABLES");
        AddFuture(GrantPlace.FutureSequences, target.OnSequences, "SEQUENCES");
        return statements;
    }

    /// <summary>Revokes what is held, or only the option to pass it on.</summary>
    public List<string> Revoke(HeldGrants held, bool onlyOption)
    {
        var statements = new List<string>();
        var option = onlyOption ? "GRANT OPTION FOR " : "";
        void Add(IEnumerable<string> privileges, string where, string scope = "")
        {
            if (string.Join(", ", privileges) is { Length: > 0 } list)
                statements.Add($"{scope}REVOKE {option}{list} ON {where} FROM {_role} CASCADE");
        }

        Add(held.Held(GrantPlace.Database, target.OnDatabase), $"DATABASE {_database}");
        Add(held.Held(GrantPlace.Schema, target.OnSchema), $"SCHEMA {_schema}");
        if (held.Tables.Count > 0)
            Add(target.OnTables, $"TABLE {string.Join(", ", held.Tables)}");
        if (held.Sequences.Count > 0)
            Add(target.OnSequences, $"SEQUENCE {string.Join(", ", held.Sequences)}");
        if (target.Table is null)
        {
            Add(held.Held(GrantPlace.FutureTables, target.OnTables), "TABLES", $"ALTER DEFAULT PRIVILEGES IN SCHEMA {_schema} ");
            Add(held.Held(GrantPlace.FutureSequences, target.OnSequences), "SEQUENCES", $"ALTER DEFAULT PRIVILEGES IN SCHEMA {_schema} ");
        }

        return statements;
    }

    /// <summary>Takes back what came along with privileges that are all gone.</summary>
    public List<string> RevokeCompanions(bool usesSchema, bool usesDatabase)
    {
        var statements = new List<string>();
        if (!usesSchema && target.UsesSchema)
            statements.Add($"REVOKE USAGE ON SCHEMA {_schema} FROM {_role} CASCADE");
        if (!usesDatabase)
            statements.Add($"REVOKE CONNECT ON DATABASE {_database} FROM {_role} CASCADE");
        return statements;
    }
}
