using System.Globalization;
using DoltDB.Operator.Api;
using DoltDB.Operator.Core.JobDrivers;
using DoltDB.Operator.Core.SqlObjects.Servers;
using DoltDB.Operator.Core.SqlObjects.Users;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.SqlObjects.Databases;

/// <summary>Databases on servers that a DatabaseDriver manages: the driver is run when the Database or its owner's password changes, not at every look.</summary>
internal sealed class DriverDatabases(JobDriverRunner runner, Passwords passwords)
{
    /// <summary>Has the driver make the database and its owner.</summary>
    public async Task<SqlOutcome> MakeAsync(SqlPass<Database> pass, SqlServer server, CancellationToken cancellationToken)
    {
        var (request, problem) = await RequestAsync(pass.Object, server, DriverOperation.Create, cancellationToken);
        if (request is null)
            return new SqlOutcome(problem);
        var revision = request.Revision;
        var applied = pass.Object.Status?.Applied;
        if (applied?.Revision == revision)
            return SqlOutcome.Done;
        if (applied is null)
        {
            DatabaseKind.Begin(pass, new AppliedDatabase { Server = server.Key, Name = request.DatabaseName }, isFound: false);
            await pass.SaveAsync(cancellationToken);
        }

        var outcome = await runner.RunAsync(request, cancellationToken);
        if (outcome is not DriverJobOutcome.Succeeded)
            return Of(outcome);
        DatabaseKind.Set(pass, done => done with { Revision = revision });
        if (DatabaseDefinitions.Owner(pass.Object.Spec) is { } owner)
            DatabaseKind.SetOwner(pass, server, owner, revision);
        await pass.SaveAsync(cancellationToken);
        await runner.CompleteAsync(request, cancellationToken);
        return SqlOutcome.Done;
    }

    /// <summary>Has the driver drop the database and its owner.</summary>
    public async Task<SqlOutcome> DropAsync(SqlPass<Database> pass, SqlServer server, CancellationToken cancellationToken)
    {
        var (request, problem) = await RequestAsync(pass.Object, server, DriverOperation.Drop, cancellationToken);
        if (request is null)
            return new SqlOutcome(problem);
        var outcome = await runner.RunAsync(request, cancellationToken);
        return outcome is DriverJobOutcome.Succeeded ? SqlOutcome.Done : Of(outcome);
    }

    private async Task<(DriverJobRequest? Request, SqlProblem? Problem)> RequestAsync(Database database, SqlServer server, DriverOperation operation, CancellationToken cancellationToken)
    {
        var spec = database.Spec!;
        if (spec.SystemBranches is { Count: > 0 } || spec.DoltIgnorePatterns is { Count: > 0 })
            return (null, new SqlProblem(SqlReasons.UnsupportedByEngine, $"spec.systemBranches and spec.doltIgnorePatterns: {server.Engine} has no such thing"));
        var owner = DatabaseDefinitions.Owner(spec);
        SecretText? password = null;
        if (owner is not null)
        {
            password = await passwords.ReadAsync(database.Metadata.Namespace ?? "", DatabaseDefinitions.OwnerPassword(database.Metadata.Name ?? "", spec), DoltKinds.Database.OwnedBy(database), cancellationToken);
            if (password.Problem is not null && operation == DriverOperation.Create)
                return (null, new SqlProblem(SqlReasons.PasswordUnavailable, password.Problem));
        }

        var definition = DatabaseDefinitions.Of(spec);
        return (new DriverJobRequest
        {
            Owner = database,
            Driver = server.JobDriver!,
            Operation = operation,
            Revision = string.Create(CultureInfo.InvariantCulture, $"{database.Metadata.Generation}/{server.JobDriver!.Metadata.Generation}/{password?.Incarnation}"),
            Engine = server.Engine,
            DatabaseName = database.Status?.Applied?.Name ?? spec.Name ?? "",
            Host = server.Endpoint.Host.Length > 0 ? server.Endpoint.Host : null,
            Port = server.Endpoint.Port,
            Tls = server.Endpoint.Tls,
            Parameters = server.Parameters,
            Charset = definition.Charset,
            Collation = definition.Collation,
            Administrator = new DriverCredential(server.Endpoint.User, server.Endpoint.Password),
            OwnerAccount = owner is not null ? new DriverCredential(owner.User, password?.Value ?? "") : null,
        }, null);
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
