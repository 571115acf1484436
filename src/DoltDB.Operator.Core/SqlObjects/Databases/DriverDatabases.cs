using System.Globalization;
using DoltDB.Operator.Api;
using DoltDB.Operator.Core.JobDrivers;
using DoltDB.Operator.Core.SqlObjects.Servers;
using DoltDB.Operator.Core.SqlObjects.Users;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql.Drivers;

namespace DoltDB.Operator.Core.SqlObjects.Databases;

/// <summary>Databases on servers that a DatabaseDriver manages: the driver is run when the Database or its owner's password changes, not at every look.</summary>
internal sealed class DriverDatabases(JobDriverRunner runner, DatabaseOwners owners, Passwords passwords)
{
    /// <summary>Has the driver make the database and its owner.</summary>
    public async Task<SqlOutcome> MakeAsync(SqlPass<Database> pass, SqlServer server, CancellationToken cancellationToken)
    {
        var spec = pass.Object.Spec!;
        if (Elsewhere(pass.Object, server) is { } refusal)
            return new SqlOutcome(refusal);
        if (spec.SystemBranches is { Count: > 0 } || spec.DoltIgnorePatterns is { Count: > 0 })
            return SqlOutcome.Of(SqlReasons.UnsupportedByEngine, $"spec.systemBranches and spec.doltIgnorePatterns: {server.Engine} has no such thing");
        if (owners.Objection(pass.Object, server, hasHosts: false) is { } objection)
            return new SqlOutcome(objection);
        var owner = DatabaseDefinitions.Owner(spec);
        var password = owner is null ? null : await PasswordAsync(pass.Object, mayMake: true, cancellationToken);
        if (password?.Problem is { } problem)
            return SqlOutcome.Of(SqlReasons.PasswordUnavailable, problem);
        var request = Request(pass.Object, server, DriverOperation.Create, password?.Incarnation, owner is null ? null : new DriverCredential(owner.User, password!.Value!));
        var revision = request.Revision;
        if (pass.Object.Status?.Applied?.Revision == revision)
            return SqlOutcome.Done;
        if (pass.Object.Status?.Applied is null)
            DatabaseKind.Begin(pass, new AppliedDatabase { Server = server.Key, Name = request.DatabaseName }, isFound: false);
        // The owner is remembered before the driver runs: what it leaves behind when it fails is dropped, too.
        if (owner is not null)
            DatabaseKind.SetOwner(pass, server, owner, pass.Object.Status!.Applied!.Owner?.Password);
        await pass.SaveAsync(cancellationToken);
        var outcome = await runner.RunAsync(request, cancellationToken);
        if (outcome is not DriverJobOutcome.Succeeded)
            return Of(outcome);
        DatabaseKind.Set(pass, done => done with { Revision = revision });
        if (owner is not null)
            DatabaseKind.SetOwner(pass, server, owner, revision);
        await pass.SaveAsync(cancellationToken);
        await runner.CompleteAsync(request, cancellationToken);
        return SqlOutcome.Done;
    }

    /// <summary>Has the driver drop the database, and the owner that was made for it unless others need it.</summary>
    public async Task<SqlOutcome> DropAsync(SqlPass<Database> pass, SqlServer server, CancellationToken cancellationToken)
    {
        if (Elsewhere(pass.Object, server) is { } refusal)
            return new SqlOutcome(refusal);
        var owner = pass.Object.Status?.Applied?.Owner is { Name: { } name } made && !owners.IsNeeded(pass.Object, new ServerAccount(server.Key, new AccountName(name, DatabaseDefinitions.Host(made.Host)), HasHosts: false))
            ? new DriverCredential(name, (await PasswordAsync(pass.Object, mayMake: false, cancellationToken)).Value ?? "")
            : null;
        var outcome = await runner.RunAsync(Request(pass.Object, server, DriverOperation.Drop, null, owner), cancellationToken);
        return outcome is DriverJobOutcome.Succeeded ? SqlOutcome.Done : Of(outcome);
    }

    /// <summary>The Job and its Secret are beside the Database: in another namespace they would show the administrator's password to strangers.</summary>
    private static SqlProblem? Elsewhere(Database database, SqlServer server) => server.JobDriver?.Metadata.Namespace is { } home && home != database.Metadata.Namespace
        ? new SqlProblem(SqlReasons.NotAllowed, $"a server that is managed by a DatabaseDriver takes Databases of its own namespace only, which is {home}")
        : null;

    /// <summary>The owner's password. For a drop none is made: a namespace that is being deleted takes no new Secret.</summary>
    private Task<SecretText> PasswordAsync(Database database, bool mayMake, CancellationToken cancellationToken)
    {
        var reference = DatabaseDefinitions.OwnerPassword(database.Metadata.Name ?? "", database.Spec!);
        return passwords.ReadAsync(database.Metadata.Namespace ?? "", mayMake ? reference : reference with { Generate = false }, DoltKinds.Database.OwnedBy(database), cancellationToken);
    }

    private static DriverJobRequest Request(Database database, SqlServer server, DriverOperation operation, string? password, DriverCredential? owner)
    {
        var definition = DatabaseDefinitions.Of(database.Spec!);
        return new DriverJobRequest
        {
            Owner = database,
            Driver = server.JobDriver!,
            Operation = operation,
            Revision = string.Create(CultureInfo.InvariantCulture, $"{database.Metadata.Generation}/{server.JobDriver!.Metadata.Generation}/{password}"),
            Engine = server.Engine,
            DatabaseName = database.Status?.Applied?.Name ?? database.Spec!.Name ?? "",
            Host = server.Endpoint.Host.Length > 0 ? server.Endpoint.Host : null,
            Port = server.Endpoint.Port,
            Tls = server.Endpoint.Tls,
            Parameters = server.Parameters,
            Charset = definition.Charset,
            Collation = definition.Collation,
            Administrator = new DriverCredential(server.Endpoint.User, server.Endpoint.Password),
            OwnerAccount = owner,
        };
    }

    private static SqlOutcome Of(DriverJobOutcome outcome) => outcome switch
    {
        DriverJobOutcome.Running running => new SqlOutcome(new SqlProblem(SqlReasons.InProgress, running.Message), running.LookAgain),
        DriverJobOutcome.Failed failed => new SqlOutcome(new SqlProblem(Reason(failed.Failure), failed.Message), failed.RetryAfter),
        _ => SqlOutcome.Done,
    };

    private static string Reason(DriverFailure failure) => failure switch
    {
        DriverFailure.Unreachable => SqlReasons.ServerUnreachable,
        DriverFailure.AccessDenied => SqlReasons.AccessDenied,
        DriverFailure.Unsupported => SqlReasons.UnsupportedByEngine,
        DriverFailure.Invalid => SqlReasons.InvalidSpec,
        _ => SqlReasons.Failed,
    };
}
