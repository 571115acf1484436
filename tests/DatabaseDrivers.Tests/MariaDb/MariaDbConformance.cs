using DatabaseDrivers.Tests.Conformance;
using DatabaseDrivers.Tests.Engines;

namespace DatabaseDrivers.Tests.MariaDb;

[CollectionDefinition(Name)]
public sealed class MariaDbServers : ICollectionFixture<MariaDbEngine>
{
    public const string Name = "MariaDB";
}

[Collection(MariaDbServers.Name)]
public sealed class MariaDbDatabaseTests(MariaDbEngine engine) : DatabaseSuite(engine);

[Collection(MariaDbServers.Name)]
public sealed class MariaDbAccountTests(MariaDbEngine engine) : AccountSuite(engine);

[Collection(MariaDbServers.Name)]
public sealed class MariaDbGrantTests(MariaDbEngine engine) : GrantSuite(engine);

[Collection(MariaDbServers.Name)]
public sealed class MariaDbConnectionTests(MariaDbEngine engine) : ConnectionSuite(engine);

[Collection(MariaDbServers.Name)]
public sealed class MariaDbInjectionTests(MariaDbEngine engine) : InjectionSuite(engine)
{
    protected override string GrantedDatabase => "granted";
}
