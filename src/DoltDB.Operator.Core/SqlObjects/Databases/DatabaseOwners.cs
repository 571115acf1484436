using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.SqlObjects.Servers;
using DoltDB.Operator.Core.SqlObjects.Users;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql.Drivers;

namespace DoltDB.Operator.Core.SqlObjects.Databases;

/// <summary>The account that owns a database: who may have it, and when it goes. Databases share one when they name the same password.</summary>
internal sealed class DatabaseOwners(AccountClaims claims, Passwords passwords)
{
    /// <summary>What forbids the owner that the spec asks for, told from the API objects alone; null when nothing does.</summary>
    public SqlProblem? Objection(Database database, SqlServer server, bool hasHosts)
    {
        if (Wanted(database, server, hasHosts) is not { } account)
            return null;
        if (account.Name.User == server.Endpoint.User)
            return new SqlProblem(SqlReasons.InvalidSpec, $"spec.owner.name: {account.Name.User} is the administrator with which the server is managed");
        if (!account.Is(database.Status?.Applied?.Owner) && claims.Users(account) is [{ } user, ..])
            return ConflictRules.Problem($"{account}", "User", user);
        var rivals = claims.Owned(account).Where(other => !SharesPassword(database, other)).ToList();
        return ConflictRules.Winner(database, rivals, other => account.Is(other.Status?.Applied?.Owner)) is { } winner
            ? new SqlProblem(SqlReasons.Conflict, $"{account} is the owner of Database {NamespacedName.Of(winner)} already: name another in spec.owner.name, or the same passwordSecretKeyRef in spec.owner of both to share it")
            : null;
    }

    /// <summary>What forbids the owner on a server with a built-in driver; null when nothing does.</summary>
    public async Task<SqlProblem?> ObjectionAsync(Database database, SqlServer server, ServerSession session, CancellationToken cancellationToken)
    {
        var hasHosts = session.Capabilities.HasFlag(DriverCapabilities.Hosts);
        if (Objection(database, server, hasHosts) is { } objection)
            return objection;
        if (Wanted(database, server, hasHosts) is not { } account || account.Is(database.Status?.Applied?.Owner) || IsShared(database, account))
            return null;
        return await AccountClaims.ForeignAsync(server, session, account, database.Spec?.Adopt == true, "name another account in spec.owner.name, or a User in spec.connectionSecret.userRef", cancellationToken);
    }

    /// <summary>Makes the owner as the spec wants it, and drops the one that it named before.</summary>
    public async Task<SqlOutcome> EnsureAsync(SqlPass<Database> pass, SqlServer server, ServerSession session, CancellationToken cancellationToken)
    {
        var spec = pass.Object.Spec!;
        var before = pass.Object.Status?.Applied?.Owner;
        var account = DatabaseDefinitions.Owner(spec) is { } owner ? ServerAccount.Of(server, session, owner) : null;
        if (before is not null && account?.Is(before) != true)
        {
            await DropAsync(pass.Object, server, session, cancellationToken);
            DatabaseKind.Set(pass, static applied => applied with { Owner = null });
            before = null;
        }

        if (account is null)
            return SqlOutcome.Done;
        var password = await passwords.ReadAsync(pass.Key.Namespace, DatabaseDefinitions.OwnerPassword(pass.Key.Name, spec), DoltKinds.Database.OwnedBy(pass.Object), cancellationToken);
        if (password.Problem is not null)
            return SqlOutcome.Of(SqlReasons.PasswordUnavailable, password.Problem);
        if (before is null)
        {
            DatabaseKind.SetOwner(pass, server, account.Name, null);
            await pass.SaveAsync(cancellationToken);
        }

        await session.EnsureAccountAsync(
            new AccountDefinition { Name = account.Name, Password = password.Value!, IsPasswordApplied = before is not null && before.Password == password.Incarnation },
            cancellationToken);
        await session.EnsureGrantAsync(DatabaseDefinitions.OwnerGrant(spec, account.Name), cancellationToken);
        DatabaseKind.SetOwner(pass, server, account.Name, password.Incarnation);
        return SqlOutcome.Done;
    }

    /// <summary>Drops the account that was made for the database, unless others need it: then it only loses this database.</summary>
    public async Task DropAsync(Database database, SqlServer server, ServerSession session, CancellationToken cancellationToken)
    {
        if (database.Status?.Applied is not { Owner: { } owner } applied)
            return;
        var name = new AccountName(owner.Name ?? "", DatabaseDefinitions.Host(owner.Host));
        var account = ServerAccount.Of(server, session, name);
        if (!IsNeeded(database, account))
            await session.DropAccountAsync(name, cancellationToken);
        else if (IsShared(database, account))
            await session.RevokeAsync(new GrantDefinition { Account = name, Privileges = ["ALL"], Database = applied.Name ?? "" }, cancellationToken);
    }

    /// <summary>Whether a User has come to manage the account, or another Database has it for an owner too.</summary>
    public bool IsNeeded(Database database, ServerAccount account) => claims.Users(account).Exists(user => account.Is(user.Status?.Applied)) || IsShared(database, account);

    private bool IsShared(Database database, ServerAccount account) => claims.Owned(account).Exists(other =>
        other.Metadata.Uid != database.Metadata.Uid
        && account.Is(other.Status?.Applied?.Owner)
        && (other.Metadata.DeletionTimestamp is null || other.Spec?.CleanupPolicy == "Skip"));

    private static ServerAccount? Wanted(Database database, SqlServer server, bool hasHosts) => DatabaseDefinitions.Owner(database.Spec) is { } owner ? new ServerAccount(server.Key, owner, hasHosts) : null;

    private static bool SharesPassword(Database one, Database other)
    {
        var (left, right) = (Password(one), Password(other));
        return one.Metadata.Namespace == other.Metadata.Namespace && left.Name == right.Name && left.Key == right.Key;
    }

    private static PasswordReference Password(Database database) => DatabaseDefinitions.OwnerPassword(database.Metadata.Name ?? "", database.Spec ?? new DatabaseSpec());
}
