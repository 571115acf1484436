using System.Text.Json;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.SqlObjects.Databases;
using DoltDB.Operator.Core.SqlObjects.Servers;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Events;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql.Drivers;

namespace DoltDB.Operator.Core.SqlObjects.Users;

/// <summary>What is done for a User: one account with its password.</summary>
internal sealed class UserKind(AccountClaims claims, DriverSource drivers, Passwords passwords) : ISqlObjectKind<User>
{
    /// <inheritdoc/>
    public ResourceKind<User> Kind => DoltKinds.User;

    /// <inheritdoc/>
    public string Finalizer => "user.k8s.dolthub.com/finalizer";

    /// <inheritdoc/>
    public SqlObjectSpec? Spec(User resource) => resource.Spec;

    /// <inheritdoc/>
    public SqlObjectStatus? Status(User resource) => resource.Status;

    /// <inheritdoc/>
    public string? AppliedServer(User resource) => resource.Status?.Applied?.Server;

    /// <inheritdoc/>
    public User AsApplied(User resource, string server)
    {
        var name = Name(resource);
        return resource with { Status = (resource.Status ?? new UserStatus()) with { Applied = new AppliedUser { Server = server, Name = name.User, Host = name.Host } } };
    }

    /// <inheritdoc/>
    public string Thing(User resource) => $"account {Name(resource)}";

    /// <inheritdoc/>
    public User With(User resource, IReadOnlyList<Condition> conditions, long? generation) =>
        resource with { Status = (resource.Status ?? new UserStatus()) with { Conditions = conditions, ObservedGeneration = generation } };

    /// <inheritdoc/>
    public string StatusText(User resource) => resource.Status is null ? "" : JsonSerializer.Serialize(resource.Status, ApiJson.Default.UserStatus);

    /// <inheritdoc/>
    public SqlProblem? Objection(User resource) => string.IsNullOrEmpty(resource.Spec?.Name) ? new SqlProblem(SqlReasons.InvalidSpec, "spec.name must be given") : null;

    /// <inheritdoc/>
    public async Task<SqlOutcome> ApplyAsync(SqlPass<User> pass, SqlServer server, CancellationToken cancellationToken)
    {
        var user = pass.Object;
        if (server.JobDriver is not null)
            return SqlOutcome.Of(SqlReasons.UnsupportedByEngine, $"{server.Key} is managed by a DatabaseDriver, which makes the owners of databases only: see spec.owner of Database");
        var session = drivers.Open(server);
        var account = ServerAccount.Of(server, session, Name(user));
        if (account.Name.User == server.Endpoint.User)
            return SqlOutcome.Of(SqlReasons.InvalidSpec, $"spec.name: {account.Name.User} is the administrator with which the server is managed");
        if (Conflict(user, account) is { } conflict)
            return new SqlOutcome(conflict);
        var password = await passwords.ReadAsync(pass.Key.Namespace, user.Spec!.PasswordSecretKeyRef, DoltKinds.User.OwnedBy(user), cancellationToken);
        if (password.Problem is not null)
            return SqlOutcome.Of(SqlReasons.PasswordUnavailable, password.Problem);
        var before = user.Status?.Applied;
        if (!account.Is(before) && await BeginAsync(pass, server, session, account, cancellationToken) is { } problem)
            return new SqlOutcome(problem);
        var isChanged = await session.EnsureAccountAsync(
            new AccountDefinition
            {
                Name = account.Name,
                Password = password.Value!,
                IsPasswordApplied = before?.Password == password.Incarnation && account.Is(before),
                MaxUserConnections = user.Spec.MaxUserConnections,
                RequireTls = user.Spec.RequireTls,
            },
            cancellationToken);
        await DropAsync(session, pass, pass.Object.Status?.Former, server, cancellationToken);
        SetApplied(pass, server, account.Name, password.Incarnation, null);
        if (isChanged && before?.Password is not null)
            pass.Record(EventType.Normal, "Changed", $"account {account.Name} was changed to what the spec says");
        return SqlOutcome.Done;
    }

    private SqlProblem? Conflict(User user, ServerAccount account)
    {
        if (ConflictRules.Winner(user, claims.Users(account), other => account.Is(other.Status?.Applied)) is { } winner)
            return ConflictRules.Problem(Thing(user), "User", winner);
        return !account.Is(user.Status?.Applied) && claims.Owned(account).Find(database => account.Is(database.Status?.Applied?.Owner)) is { } owned
            ? ConflictRules.Problem(Thing(user), "the owner of Database", owned)
            : null;
    }

    /// <summary>
    /// Remembers an account before it is made. From there on there may be two, the new and the former: a deletion finds both. A former one that another
    /// change of the name has left is dropped first, because no third is remembered.
    /// </summary>
    private async Task<SqlProblem?> BeginAsync(SqlPass<User> pass, SqlServer server, ServerSession session, ServerAccount account, CancellationToken cancellationToken)
    {
        var status = pass.Object.Status;
        if (!account.Is(status?.Former))
        {
            if (await AccountClaims.ForeignAsync(server, session, account, pass.Object.Spec?.Adopt == true, "choose another name", cancellationToken) is { } foreign)
                return foreign;
            await DropAsync(session, pass, status?.Former, server, cancellationToken);
        }

        SetApplied(pass, server, account.Name, null, status?.Applied);
        await pass.SaveAsync(cancellationToken);
        return null;
    }

    /// <inheritdoc/>
    public DeletionFacts Complete(DeletionFacts facts, User resource) => facts;

    /// <inheritdoc/>
    public async Task<SqlOutcome> RemoveAsync(SqlPass<User> pass, SqlServer server, CancellationToken cancellationToken)
    {
        if (server.JobDriver is not null)
            return SqlOutcome.Done;
        var session = drivers.Open(server);
        await DropAsync(session, pass, pass.Object.Status?.Former, server, cancellationToken);
        await DropAsync(session, pass, pass.Object.Status?.Applied, server, cancellationToken);
        return SqlOutcome.Done;
    }

    /// <summary>Drops an account, unless another User or Database has come to want it.</summary>
    private async Task DropAsync(ServerSession session, SqlPass<User> pass, AppliedUser? applied, SqlServer server, CancellationToken cancellationToken)
    {
        if (applied?.Name is not { } name)
            return;
        var account = ServerAccount.Of(server, session, new AccountName(name, DatabaseDefinitions.Host(applied.Host)));
        var isWanted = claims.Users(account).Exists(other => other.Metadata.Uid != pass.Object.Metadata.Uid && other.Metadata.DeletionTimestamp is null && account.Is(other.Status?.Applied))
            || claims.Owned(account).Exists(database => account.Is(database.Status?.Applied?.Owner));
        if (!isWanted)
            await session.DropAccountAsync(account.Name, cancellationToken);
    }

    private static void SetApplied(SqlPass<User> pass, SqlServer server, AccountName name, string? incarnation, AppliedUser? former) => pass.Set(pass.Object with
    {
        Status = (pass.Object.Status ?? new UserStatus()) with
        {
            Applied = new AppliedUser { Server = server.Key, Name = name.User, Host = name.Host, Password = incarnation },
            Former = former,
        },
    });

    private static AccountName Name(User user) => new(user.Spec?.Name ?? "", DatabaseDefinitions.Host(user.Spec?.Host));
}
