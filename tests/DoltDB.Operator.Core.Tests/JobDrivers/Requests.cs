using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.JobDrivers;

namespace DoltDB.Operator.Core.Tests.JobDrivers;

/// <summary>A request to create the database shop; change one thing.</summary>
internal static class Requests
{
    public const string AdminPassword = "hunter2-of-the-admin";
    public const string OwnerPassword = "hunter2-of-the-owner";

    public static DriverJobRequest Create(string name = "shop") => new()
    {
        Owner = new Database { Metadata = new ObjectMeta { Name = name, Namespace = "default", Uid = "2f1c7a52-0000-4000-8000-000000000001" } },
        Driver = new DatabaseDriver
        {
            Metadata = new ObjectMeta { Name = "files", Namespace = "default", Uid = "2f1c7a52-0000-4000-8000-000000000002", Generation = 1 },
            Spec = new DatabaseDriverSpec { Image = "example.com/files:1", Engines = ["file"] },
        },
        Operation = DriverOperation.Create,
        Revision = "1",
        Engine = "file",
        DatabaseName = "shop",
        Host = "files.example.com",
        Administrator = new DriverCredential("admin", AdminPassword),
        OwnerAccount = new DriverCredential("shop", OwnerPassword),
        Parameters = new Dictionary<string, string> { ["path"] = "/srv" },
    };

    public static DriverJobRequest Drop() => Create() with { Operation = DriverOperation.Drop };
}
