using System.Text.Json;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.SqlObjects.Servers;
using DoltDB.Operator.Core.SqlObjects.Users;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Events;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql.Drivers;

namespace DoltDB.Operator.Core.SqlObjects.Databases;

/// <summary>What is done for a Database: the database itself, its owner, the Secret for applications.</summary>
internal sealed class DatabaseKind(
    IObjectCache<Database> databases,
    DriverSource drivers,
    DriverDatabases driverDatabases,
    DatabaseOwners owners,
    Bindings bindings) : ISqlObjectKind<Database>
{
    /// <inheritdoc/>
    public ResourceKind<Database> Kind => DoltKinds.Database;

    /// <inheritdoc/>
    public string Finalizer => "database.k8s.dolthub.com/finalizer";

    /// <inheritdoc/>
    public SqlObjectSpec? Spec(Database resource) => resource.Spec;

    /// <inheritdoc/>
    public SqlObjectStatus? Status(Database resource) => resource.Status;

    /// <inheritdoc/>
    public string? AppliedServer(Database resource) => resource.Status?.Applied?.Server;

    /// <inheritdoc/>
    public Database AsApplied(Database resource, string server) =>
        resource with { Status = (resource.Status ?? new DatabaseStatus()) with { Applied = new AppliedDatabase { Server = server, Name = resource.Spec?.Name } } };

    /// <inheritdoc/>
    public string Thing(Database resource) => $"database {resource.Status?.Applied?.Name ?? resource.Spec?.Name}";

    /// <inheritdoc/>
    public Database With(Database resource, IReadOnlyList<Condition> conditions, long? generation)
    {
        var status = resource.Status ?? new DatabaseStatus();
        var facts = new LifeCycleFacts(resource.Metadata.DeletionTimestamp is not null, status.Applied is not null, conditions.Find(SqlReasons.Ready)?.Reason ?? "");
        var phase = DatabaseLifeCycle.Next(DatabaseLifeCycle.Parse(status.Phase), facts);
        return resource with { Status = status with { Conditions = conditions, ObservedGeneration = generation, Phase = phase.ToString() } };
    }

    /// <inheritdoc/>
    public string StatusText(Database resource) => resource.Status is null ? "" : JsonSerializer.Serialize(resource.Status, ApiJson.Default.DatabaseStatus);

    /// <inheritdoc/>
    public SqlProblem? Objection(Database resource)
    {
        if (resource.Spec?.Name is not { Length: > 0 } name)
            return new SqlProblem(SqlReasons.InvalidSpec, "spec.name must be given");
        if (DatabaseDefinitions.IsSystem(name))
            return new SqlProblem(SqlReasons.InvalidSpec, $"spec.name: {name} is a database of the server itself");
        if (resource.Status?.Applied?.Name is { } applied && applied != name)
            return new SqlProblem(SqlReasons.NameChanged, $"spec.name: a database cannot be renamed. It is {applied}: change the name back, or make another Database");
        return SqlIndexes.Identity(resource) is { } identity && ConflictRules.Winner(resource, databases.Lookup(SqlIndexes.ByIdentity, identity), IsApplied) is { } winner
            ? ConflictRules.Problem(Thing(resource), "Database", winner)
            : null;
    }

    /// <inheritdoc/>
    public async Task<SqlOutcome> ApplyAsync(SqlPass<Database> pass, SqlServer server, CancellationToken cancellationToken)
    {
        var outcome = server.JobDriver is null
            ? await MakeAsync(pass, server, drivers.Open(server), cancellationToken)
            : await driverDatabases.MakeAsync(pass, server, cancellationToken);
        return outcome is { Problem: null, LookAgain: null } ? await bindings.EnsureAsync(pass, server, cancellationToken) : outcome;
    }

    /// <inheritdoc/>
    public DeletionFacts Complete(DeletionFacts facts, Database resource) => facts with
    {
        HoldsData = true,
        Keeper = Keeper(resource),
        IsForeign = resource.Status?.Adopted == true && resource.Spec?.Adopt != true,
        IsBackupDecided = resource.Spec?.FinalBackup?.Skip == true,
    };

    /// <inheritdoc/>
    public async Task<SqlOutcome> RemoveAsync(SqlPass<Database> pass, SqlServer server, CancellationToken cancellationToken)
    {
        if (server.JobDriver is not null)
            return await driverDatabases.DropAsync(pass, server, cancellationToken);
        var session = drivers.Open(server);
        var name = pass.Object.Status?.Applied?.Name ?? pass.Object.Spec?.Name ?? "";
        await session.DropDatabaseAsync(name, cancellationToken);
        await owners.DropAsync(pass.Object, server, session, cancellationToken);
        return SqlOutcome.Done;
    }

    private async Task<SqlOutcome> MakeAsync(SqlPass<Database> pass, SqlServer server, ServerSession session, CancellationToken cancellationToken)
    {
        var wanted = DatabaseDefinitions.Of(pass.Object.Spec!);
        if ((wanted.Branches.Count > 0 || wanted.IgnorePatterns.Count > 0) && !session.Capabilities.HasFlag(DriverCapabilities.Branches))
            return SqlOutcome.Of(SqlReasons.UnsupportedByEngine, $"spec.{(wanted.Branches.Count > 0 ? "systemBranches" : "doltIgnorePatterns")}: {server.Engine} has no such thing");
        if (await owners.ObjectionAsync(pass.Object, server, session, cancellationToken) is { } objection)
            return new SqlOutcome(objection);
        var before = pass.Object.Status?.Applied;
        if (before is null)
        {
            // Whether it was there before is known only now, and what may be dropped some day depends on it.
            var isFound = await session.ReadDatabaseAsync(wanted.Name, cancellationToken) is not null;
            Begin(pass, new AppliedDatabase { Server = server.Key, Name = wanted.Name }, isFound);
            await pass.SaveAsync(cancellationToken);
        }

        var isChanged = await session.EnsureDatabaseAsync(wanted, DatabaseDefinitions.Of(before), cancellationToken);
        Set(pass, applied => applied with { SystemBranches = Some(wanted.Branches), DoltIgnorePatterns = Some(wanted.IgnorePatterns) });
        if (isChanged && pass.Object.Status?.Conditions.IsTrue(SqlReasons.Ready) == true)
            pass.Record(EventType.Normal, "Changed", $"{Thing(pass.Object)} was changed to what the spec says");
        return await owners.EnsureAsync(pass, server, session, cancellationToken);
    }

    /// <summary>Remembers what is about to be made, and that it is.</summary>
    internal static void Begin(SqlPass<Database> pass, AppliedDatabase applied, bool isFound)
    {
        var status = pass.Object.Status ?? new DatabaseStatus();
        var phase = DatabaseLifeCycle.Next(DatabaseLifeCycle.Parse(status.Phase), new LifeCycleFacts(false, false, SqlReasons.InProgress));
        pass.Set(pass.Object with { Status = status with { Applied = applied, Adopted = isFound ? true : null, Phase = phase.ToString() } });
    }

    /// <summary>Changes what is remembered.</summary>
    internal static void Set(SqlPass<Database> pass, Func<AppliedDatabase, AppliedDatabase> change) =>
        pass.Set(pass.Object with { Status = pass.Object.Status! with { Applied = change(pass.Object.Status.Applied!) } });

    /// <summary>Remembers the owner's account.</summary>
    internal static void SetOwner(SqlPass<Database> pass, SqlServer server, AccountName owner, string? incarnation) =>
        Set(pass, applied => applied with { Owner = new AppliedUser { Server = server.Key, Name = owner.User, Host = owner.Host, Password = incarnation } });

    /// <summary>Another Database that has the same one: two can come from the Go operator.</summary>
    private string? Keeper(Database database) => database.Status?.Applied is { Server: { } server, Name: { } name }
        && databases.Lookup(SqlIndexes.ByIdentity, SqlIndexes.Database(server, name)).FirstOrDefault(other => other.Metadata.Uid != database.Metadata.Uid && other.Metadata.DeletionTimestamp is null && IsApplied(other)) is { } keeper
            ? $"Database {NamespacedName.Of(keeper)}"
            : null;

    private static bool IsApplied(Database database) => database.Status?.Applied is not null;

    private static IReadOnlyList<string>? Some(IReadOnlyList<string> list) => list.Count > 0 ? list : null;
}
