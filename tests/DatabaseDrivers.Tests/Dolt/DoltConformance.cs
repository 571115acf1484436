using DatabaseDrivers.Tests.Conformance;
using DatabaseDrivers.Tests.Engines;

namespace DatabaseDrivers.Tests.Dolt;

[CollectionDefinition(Name)]
public sealed class DoltServers : ICollectionFixture<DoltEngine>
{
    public const string Name = "Dolt";
}

[Collection(DoltServers.Name)]
public sealed class DoltDatabaseTests(DoltEngine engine) : DatabaseSuite(engine);

[Collection(DoltServers.Name)]
public sealed class DoltAccountTests(DoltEngine engine) : AccountSuite(engine);

[Collection(DoltServers.Name)]
public sealed class DoltGrantTests(DoltEngine engine) : GrantSuite(engine);

[Collection(DoltServers.Name)]
public sealed class DoltConnectionTests(DoltEngine engine) : ConnectionSuite(engine);

[Collection(DoltServers.Name)]
public sealed class DoltInjectionTests(DoltEngine engine) : InjectionSuite(engine)
{
    protected override string GrantedDatabase => "granted";
}
