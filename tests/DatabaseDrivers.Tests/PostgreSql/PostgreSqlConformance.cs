using DatabaseDrivers.Tests.Conformance;
using DatabaseDrivers.Tests.Engines;

namespace DatabaseDrivers.Tests.PostgreSql;

[CollectionDefinition(Name)]
public sealed class PostgreSqlServers : ICollectionFixture<PostgreSqlEngine>
{
    public const string Name = "PostgreSQL";
}

[Collection(PostgreSqlServers.Name)]
public sealed class PostgreSqlDatabaseTests(PostgreSqlEngine engine) : DatabaseSuite(engine);

[Collection(PostgreSqlServers.Name)]
public sealed class PostgreSqlAccountTests(PostgreSqlEngine engine) : AccountSuite(engine);

[Collection(PostgreSqlServers.Name)]
public sealed class PostgreSqlGrantTests(PostgreSqlEngine engine) : GrantSuite(engine);

[Collection(PostgreSqlServers.Name)]
public sealed class PostgreSqlConnectionTests(PostgreSqlEngine engine) : ConnectionSuite(engine);

[Collection(PostgreSqlServers.Name)]
public sealed class PostgreSqlInjectionTests(PostgreSqlEngine engine) : InjectionSuite(engine)
{
    protected override string GrantedDatabase => "postgres";
}
