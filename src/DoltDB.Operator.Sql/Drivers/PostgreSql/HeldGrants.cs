namespace DoltDB.Operator.Sql.Drivers.PostgreSql;

/// <summary>What a role holds at one place of a database, by explicit grants.</summary>
internal sealed record HeldGrants
{
    /// <summary>
    /// $1 role, $2 schema, $3 table or nothing, $4 and $5 privileges of tables and sequences that count, $6 whether only those with grant option
    /// count, $7 which tables and sequences are listed: those that lack one of them and can be granted on, or those that have one.
    /// A table's owner needs no grant.
    /// </summary>
    private const string Query = """
        SELECT kind, name, detail FROM (
          WITH who AS (SELECT oid FROM pg_roles WHERE rolname = $1),
            place AS (SELECT oid, nspacl FROM pg_namespace WHERE nspname = $2),
            things AS (
              SELECT c.relname, c.relkind, c.relowner, c.relacl, string_to_array(CASE c.relkind WHEN 'S' THEN $5 ELSE $4 END, ',') AS counted
              FROM place, pg_class c
              WHERE c.relnamespace = place.oid AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND ($3 = '' OR (c.relname = $3 AND c.relkind <> 'S')))
          SELECT 'role' AS kind, '' AS name, '' AS detail FROM who
          UNION ALL SELECT 'place', '', '' FROM place
          UNION ALL SELECT 'thing', '', '' FROM things WHERE $3 <> ''
          UNION ALL SELECT 'database', a.privilege_type, a.is_grantable::text FROM who, pg_database d, aclexplode(d.datacl) a
            WHERE d.datname = current_database() AND a.grantee = who.oid
          UNION ALL SELECT 'schema', a.privilege_type, a.is_grantable::text FROM who, place, aclexplode(place.nspacl) a WHERE a.grantee = who.oid
          UNION ALL SELECT 'default ' || d.defaclobjtype::text, a.privilege_type, a.is_grantable::text FROM who, place, pg_default_acl d, aclexplode(d.defaclacl) a
            WHERE d.defaclnamespace = place.oid AND d.defaclrole = (SELECT oid FROM pg_roles WHERE rolname = current_user) AND a.grantee = who.oid
          UNION ALL SELECT CASE t.relkind WHEN 'S' THEN 'sequence' ELSE 'table' END, format('%I.%I', $2, t.relname), ''
            FROM who, things t, LATERAL (
              SELECT count(DISTINCT a.privilege_type) AS held FROM aclexplode(t.relacl) a
              WHERE a.grantee = who.oid AND a.privilege_type = ANY (t.counted) AND (a.is_grantable OR $6 = 'false')) h
            WHERE CASE $7 WHEN 'held' THEN h.held > 0
              ELSE h.held < cardinality(t.counted) AND t.relowner <> who.oid AND ($3 <> '' OR pg_has_role(t.relowner, 'USAGE')) END
        ) AS state
        """;

    /// <summary>Whether the role is there.</summary>
    public required bool HasRole { get; init; }

    /// <summary>Whether the schema is there.</summary>
    public required bool HasSchema { get; init; }

    /// <summary>Whether the schema is there, and the table where one is named.</summary>
    public required bool HasPlace { get; init; }

    /// <summary>Tables that lack or have what was asked for, quoted.</summary>
    public required IReadOnlyList<string> Tables { get; init; }

    /// <summary>Sequences that lack or have what was asked for, quoted.</summary>
    public required IReadOnlyList<string> Sequences { get; init; }

    private ILookup<string, (string Privilege, bool IsGrantable)> Privileges { get; init; } = Enumerable.Empty<int>().ToLookup(_ => "", _ => ("", false));

    /// <summary>What the role lacks of the target.</summary>
    public static Task<HeldGrants> ReadMissingAsync(PostgreSqlSession session, string role, GrantTarget target, bool withGrantOption) =>
        ReadAsync(session, role, target, withGrantOption, "missing");

    /// <summary>What the role has of the target.</summary>
    public static Task<HeldGrants> ReadHeldAsync(PostgreSqlSession session, string role, GrantTarget target) =>
        ReadAsync(session, role, target, withGrantOption: false, "held");

    /// <summary>Which of the privileges the role holds.</summary>
    public IEnumerable<string> Held(GrantPlace place, IEnumerable<string> wanted) => wanted.Where(name => Privileges[KeyOf(place)].Any(held => held.Privilege == name));

    /// <summary>Which of the privileges the role does not hold, or only without the grant option that is asked for.</summary>
    public IEnumerable<string> Missing(GrantPlace place, IEnumerable<string> wanted, bool withGrantOption) =>
        wanted.Where(name => !Privileges[KeyOf(place)].Any(held => held.Privilege == name && (held.IsGrantable || !withGrantOption)));

    private static async Task<HeldGrants> ReadAsync(PostgreSqlSession session, string role, GrantTarget target, bool withGrantOption, string listed)
    {
        var rows = await session.QueryAsync(
            Query, role, target.Schema, target.Table ?? "", string.Join(',', target.OnTables), string.Join(',', target.OnSequences), withGrantOption ? "true" : "false", listed);
        bool Has(string kind) => rows.Exists(row => row[0] == kind);
        List<string> Names(string kind) => [.. rows.Where(row => row[0] == kind).Select(row => row[1] ?? "")];
        return new()
        {
            HasRole = Has("role"),
            HasSchema = Has("place"),
            HasPlace = Has("place") && (target.Table is null || Has("thing")),
            Tables = Names("table"),
            Sequences = Names("sequence"),
            Privileges = rows.ToLookup(row => row[0] ?? "", row => (row[1] ?? "", row[2] is "true"), StringComparer.Ordinal),
        };
    }

    private static string KeyOf(GrantPlace place) => place switch
    {
        GrantPlace.Database => "database",
        GrantPlace.Schema => "schema",
        GrantPlace.FutureTables => "default r",
        _ => "default S",
    };
}

/// <summary>Where privileges are held beside single tables and sequences.</summary>
internal enum GrantPlace
{
    /// <summary>The database.</summary>
    Database,

    /// <summary>The schema.</summary>
    Schema,

    /// <summary>Tables that the administrator will create in the schema.</summary>
    FutureTables,

    /// <summary>Sequences that the administrator will create in the schema.</summary>
    FutureSequences,
}
