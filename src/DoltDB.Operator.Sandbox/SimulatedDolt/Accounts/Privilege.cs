namespace DoltDB.Operator.Sandbox.SimulatedDolt.Accounts;

/// <summary>The privileges that can be granted, in the order in which SHOW GRANTS prints them.</summary>
[Flags]
internal enum Privilege : ulong
{
    None = 0,
    Select = 1UL << 0,
    Insert = 1UL << 1,
    Update = 1UL << 2,
    Delete = 1UL << 3,
    Create = 1UL << 4,
    Drop = 1UL << 5,
    Reload = 1UL << 6,
    Shutdown = 1UL << 7,
    Process = 1UL << 8,
    File = 1UL << 9,
    References = 1UL << 10,
    Index = 1UL << 11,
    Alter = 1UL << 12,
    ShowDatabases = 1UL << 13,
    Super = 1UL << 14,
    CreateTemporaryTables = 1UL << 15,
    LockTables = 1UL << 16,
    Execute = 1UL << 17,
    ReplicationSlave = 1UL << 18,
    ReplicationClient = 1UL << 19,
    CreateView = 1UL << 20,
    ShowView = 1UL << 21,
    CreateRoutine = 1UL << 22,
    AlterRoutine = 1UL << 23,
    CreateUser = 1UL << 24,
    Event = 1UL << 25,
    Trigger = 1UL << 26,
    CreateTablespace = 1UL << 27,
    CreateRole = 1UL << 28,
    DropRole = 1UL << 29,
    GrantOption = 1UL << 30,
    CloneAdmin = 1UL << 31,
    ReplicationSlaveAdmin = 1UL << 32,
}

/// <summary>Names and groups of privileges.</summary>
internal static class PrivilegeNames
{
    /// <summary>Everything that ALL means on <c>*.*</c>.</summary>
    public const Privilege AllGlobal = (Privilege)((1UL << 30) - 1);

    /// <summary>The dynamic ones, which are global and no part of ALL.</summary>
    public const Privilege AllDynamic = Privilege.CloneAdmin | Privilege.ReplicationSlaveAdmin;

    /// <summary>Everything that ALL means on <c>db.*</c>.</summary>
    public const Privilege AllDatabase = Privilege.Select | Privilege.Insert | Privilege.Update | Privilege.Delete | Privilege.Create
        | Privilege.Drop | Privilege.References | Privilege.Index | Privilege.Alter | Privilege.CreateTemporaryTables | Privilege.LockTables
        | Privilege.Execute | Privilege.CreateView | Privilege.ShowView | Privilege.CreateRoutine | Privilege.AlterRoutine
        | Privilege.Event | Privilege.Trigger;

    /// <summary>Everything that ALL means on <c>db.table</c>.</summary>
    public const Privilege AllTable = Privilege.Select | Privilege.Insert | Privilege.Update | Privilege.Delete | Privilege.Create
        | Privilege.Drop | Privilege.References | Privilege.Index | Privilege.Alter | Privilege.CreateView | Privilege.ShowView
        | Privilege.Trigger;

    /// <summary>Each single privilege with its SQL name, in printing order; the grant option is not among them.</summary>
    public static readonly IReadOnlyList<(Privilege Privilege, string Name, string Column)> Each =
    [
        (Privilege.Select, "SELECT", "Select_priv"),
        (Privilege.Insert, "INSERT", "Insert_priv"),
        (Privilege.Update, "UPDATE", "Update_priv"),
        (Privilege.Delete, "DELETE", "Delete_priv"),
        (Privilege.Create, "CREATE", "Create_priv"),
        (Privilege.Drop, "DROP", "Drop_priv"),
        (Privilege.Reload, "RELOAD", "Reload_priv"),
        (Privilege.Shutdown, "SHUTDOWN", "Shutdown_priv"),
        (Privilege.Process, "PROCESS", "Process_priv"),
        (Privilege.File, "FILE", "File_priv"),
        (Privilege.References, "REFERENCES", "References_priv"),
        (Privilege.Index, "INDEX", "Index_priv"),
        (Privilege.Alter, "ALTER", "Alter_priv"),
        (Privilege.ShowDatabases, "SHOW DATABASES", "Show_db_priv"),
        (Privilege.Super, "SUPER", "Super_priv"),
        (Privilege.CreateTemporaryTables, "CREATE TEMPORARY TABLES", "Create_tmp_table_priv"),
        (Privilege.LockTables, "LOCK TABLES", "Lock_tables_priv"),
        (Privilege.Execute, "EXECUTE", "Execute_priv"),
        (Privilege.ReplicationSlave, "REPLICATION SLAVE", "Repl_slave_priv"),
        (Privilege.ReplicationClient, "REPLICATION CLIENT", "Repl_client_priv"),
        (Privilege.CreateView, "CREATE VIEW", "Create_view_priv"),
        (Privilege.ShowView, "SHOW VIEW", "Show_view_priv"),
        (Privilege.CreateRoutine, "CREATE ROUTINE", "Create_routine_priv"),
        (Privilege.AlterRoutine, "ALTER ROUTINE", "Alter_routine_priv"),
        (Privilege.CreateUser, "CREATE USER", "Create_user_priv"),
        (Privilege.Event, "EVENT", "Event_priv"),
        (Privilege.Trigger, "TRIGGER", "Trigger_priv"),
        (Privilege.CreateTablespace, "CREATE TABLESPACE", "Create_tablespace_priv"),
        (Privilege.CreateRole, "CREATE ROLE", "Create_role_priv"),
        (Privilege.DropRole, "DROP ROLE", "Drop_role_priv"),
    ];

    // As Dolt stores and prints them.
    private static readonly (Privilege Privilege, string Name)[] Dynamic =
        [(Privilege.ReplicationSlaveAdmin, "replication_slave_admin"), (Privilege.CloneAdmin, "clone_admin")];

    /// <summary>The SQL list of the dynamic privileges; empty for none.</summary>
    public static string FormatDynamic(Privilege privileges) =>
        string.Join(", ", Dynamic.Where(p => (privileges & p.Privilege) != Privilege.None).Select(p => p.Name));

    /// <summary>The SQL list of the static privileges, or <c>USAGE</c> for none.</summary>
    public static string Format(Privilege privileges)
    {
        var names = Each.Where(p => (privileges & p.Privilege) != Privilege.None).Select(p => p.Name).ToList();
        return names.Count == 0 ? "USAGE" : string.Join(", ", names);
    }

    /// <summary>The privilege of that SQL name, or null.</summary>
    public static Privilege? Parse(string name)
    {
        if (name.Equals("USAGE", StringComparison.OrdinalIgnoreCase)) return Privilege.None;
        if (name.Equals("GRANT OPTION", StringComparison.OrdinalIgnoreCase)) return Privilege.GrantOption;
        foreach (var (privilege, known, _) in Each)
            if (known.Equals(name, StringComparison.OrdinalIgnoreCase)) return privilege;
        foreach (var (privilege, known) in Dynamic)
            if (known.Equals(name, StringComparison.OrdinalIgnoreCase)) return privilege;
        return null;
    }
}
