using System.Text;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.SqlObjects.Databases;
using DoltDB.Operator.Core.SqlObjects.Servers;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql.Drivers;

namespace DoltDB.Operator.Core.Tests.SqlObjects;

/// <summary>What applications find in their Secret.</summary>
public sealed class ConnectionSecretTests
{
    private static readonly Database Shop = new()
    {
        Metadata = new ObjectMeta { Name = "shop", Namespace = "apps", Uid = "u" },
        Spec = new DatabaseSpec { Name = "shop", ConnectionSecret = new ConnectionSecretOptions { Labels = new() { ["app"] = "shop" } } },
    };

    [Fact]
    public void It_has_the_keys_of_the_Service_Binding_specification()
    {
        var data = Data(Server("PostgreSQL", TlsMode.VerifyIdentity), new Login("app", "p@ss/w:rd?#&'\"\\%"));
        data.Keys.Order(StringComparer.Ordinal).ShouldBe(["ca.crt", "database", "host", "jdbc-url", "password", "port", "provider", "reader-host", "sslmode", "type", "uri", "username"]);
        data["password"].ShouldBe("p@ss/w:rd?#&'\"\\%");
        data["sslmode"].ShouldBe("verify-full");
        data["type"].ShouldBe("postgresql");
        var uri = new Uri(data["uri"]);
        Uri.UnescapeDataString(uri.UserInfo).ShouldBe("app:p@ss/w:rd?#&'\"\\%");
        (uri.Host, uri.Port, uri.AbsolutePath, uri.Query).ShouldBe(("db.example.com", 5432, "/shop", "?sslmode=verify-full"));
        data["jdbc-url"].ShouldStartWith("jdbc:postgresql://db.example.com:5432/shop?user=app&password=p%40ss");
    }

    [Theory]
    [InlineData("Dolt", "mysql", "dolt")]
    [InlineData("MariaDB", "mysql", "mariadb")]
    [InlineData("Oracle", "oracle", "oracle")]
    public void Type_and_provider_say_what_the_server_speaks(string engine, string type, string provider)
    {
        var data = Data(Server(engine, TlsMode.Disable), new Login("app", "word"));
        (data["type"], data["provider"]).ShouldBe((type, provider));
        data["jdbc-url"].ShouldContain(type == "mysql" ? "sslMode=DISABLED" : "sslmode=disable");
    }

    [Fact]
    public void A_Secret_that_says_the_same_is_left_alone()
    {
        var desired = Secret(Server("MySQL", TlsMode.Disable), new Login("app", "word"));
        ConnectionSecret.IsAsDesired(desired with { Metadata = desired.Metadata with { Annotations = new() { ["a"] = "b" } } }, desired).ShouldBeTrue();
        ConnectionSecret.IsAsDesired(desired, Secret(Server("MySQL", TlsMode.Disable), new Login("app", "other"))).ShouldBeFalse();
        desired.ToString().ShouldNotContain("word");
    }

    private static Dictionary<string, string> Data(SqlServer server, Login login) =>
        Secret(server, login).Data!.ToDictionary(pair => pair.Key, pair => Encoding.UTF8.GetString(Convert.FromBase64String(pair.Value)));

    private static Secret Secret(SqlServer server, Login login) => ConnectionSecret.Of(Shop, server, login, DoltKinds.Database.OwnedBy(Shop));

    private static SqlServer Server(string engine, TlsMode mode) => new()
    {
        Key = "ExternalInstance/apps/server",
        Engine = engine,
        Endpoint = new ServerEndpoint { Host = "10.0.0.1", Port = 1, User = "root", Password = "secret" },
        Public = new PublicEndpoint { Host = "db.example.com", Port = Engines.Port(engine), ReaderHost = "ro.example.com", TlsMode = mode, CertificateAuthorityPem = "PEM" },
    };
}
