using System.Text.Json;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.SqlObjects.Databases;
using DoltDB.Operator.Core.SqlObjects.Servers;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Events;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql.Drivers;

namespace DoltDB.Operator.Core.SqlObjects.Users;

/// <summary>What is done for a User: one account with its password.</summary>
internal sealed class UserKind(IObjectCache<User> users, IObjectCache<Database> databases, DriverSource drivers, Passwords passwords) : ISqlObjectKind<User>
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
    public SqlProblem? Objection(User resource)
    {
        if (string.IsNullOrEmpty(resource.Spec?.Name))
            return new SqlProblem(SqlReasons.InvalidSpec, "spec.name must be given");
        if (SqlIndexes.Identity(resource) is not { } identity)
            return null;
        if (ConflictRules.Winner(resource, users.Lookup(SqlIndexes.ByIdentity, identity), IsApplied) is { } winner)
            return ConflictRules.Problem(Thing(resource), "User", winner);
        return databases.Lookup(SqlIndexes.ByAccount, identity).FirstOrDefault(static database => database.Status?.Applied?.Owner is not null) is { } owned && !IsApplied(resource)
            ? ConflictRules.Problem(Thing(resource), "the owner of Database", owned)
            : null;
    }

    /// <inheritdoc/>
    public async Task<SqlOutcome> ApplyAsync(SqlPass<User> pass, SqlServer server, CancellationToken cancellationToken)
    {
        var user = pass.Object;
        if (server.JobDriver is not null)
            return SqlOutcome.Of(SqlReasons.UnsupportedByEngine, $"{server.Key} is managed by a DatabaseDriver, which makes the owners of databases only: see spec.owner of Database");
        var name = Name(user);
        if (name.User == server.Endpoint.User)
            return SqlOutcome.Of(SqlReasons.InvalidSpec, $"spec.name: {name.User} is the administrator with which the server is managed");
        var password = await passwords.ReadAsync(pass.Key.Namespace, user.Spec!.PasswordSecretKeyRef, DoltKinds.User.OwnedBy(user), cancellationToken);
        if (password.Problem is not null)
            return SqlOutcome.Of(SqlReasons.PasswordUnavailable, password.Problem);
        var before = user.Status?.Applied;
        if (before is null || !Is(before, name))
        {
            // From here there may be two accounts: a deletion must find both.
            SetApplied(pass, server, name, null, before ?? user.Status?.Former);
            await pass.SaveAsync(cancellationToken);
        }

        var session = drivers.Open(server);
        var isChanged = await session.EnsureAccountAsync(
            new AccountDefinition
            {
                Name = name,
                Password = password.Value!,
                IsPasswordApplied = before is not null && before.Password == password.Incarnation && Is(before, name),
                MaxUserConnections = user.Spec.MaxUserConnections,
                RequireTls = user.Spec.RequireTls,
            },
            cancellationToken);
        await DropAsync(session, pass, pass.Object.Status?.Former, server, cancellationToken);
        SetApplied(pass, server, name, password.Incarnation, null);
        if (isChanged && before?.Password is not null)
            pass.Record(EventType.Normal, "Changed", $"account {name} was changed to what the spec says");
        return SqlOutcome.Done;
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
        var account = new AccountName(name, DatabaseDefinitions.Host(applied.Host));
        if (users.Lookup(SqlIndexes.ByIdentity, SqlIndexes.Account(server.Key, account)).Any(other => other.Metadata.Uid != pass.Object.Metadata.Uid && other.Metadata.DeletionTimestamp is null && IsApplied(other)))
            return;
        await session.DropAccountAsync(account, cancellationToken);
    }

    private static void SetApplied(SqlPass<User> pass, SqlServer server, AccountName name, string? incarnation, AppliedUser? former) => pass.Set(pass.Object with
    {
        Status = (pass.Object.Status ?? new UserStatus()) with
        {
            Applied = new AppliedUser { Server = server.Key, Name = name.User, Host = name.Host, Password = incarnation },
            Former = former,
        },
    });

    private static bool IsApplied(User user) => user.Status?.Applied is { } applied && Is(applied, Name(user));

    private static bool Is(AppliedUser applied, AccountName name) => applied.Name == name.User && DatabaseDefinitions.Host(applied.Host) == name.Host;

    private static AccountName Name(User user) => new(user.Spec?.Name ?? "", DatabaseDefinitions.Host(user.Spec?.Host));
}
