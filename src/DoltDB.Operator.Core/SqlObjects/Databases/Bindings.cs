using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.SqlObjects.Servers;
using DoltDB.Operator.Core.SqlObjects.Users;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Core.SqlObjects.Databases;

/// <summary>The connection Secret of a Database: who is in it, and its condition.</summary>
internal sealed class Bindings(ConnectionSecrets secrets, Passwords passwords, IObjectCache<User> users, TimeProvider time)
{
    /// <summary>Makes the Secret be as the Database wants it. A Database without a wish has neither Secret nor condition.</summary>
    public async Task<SqlOutcome> EnsureAsync(SqlPass<Database> pass, SqlServer server, CancellationToken cancellationToken)
    {
        var database = pass.Object;
        var name = database.Spec?.ConnectionSecret is null ? null : ConnectionSecret.Name(database);
        if (name is null)
        {
            await RemoveFormerAsync(database, null, cancellationToken);
            Set(pass, null, null);
            return SqlOutcome.Done;
        }

        var (login, problem) = await LoginAsync(database, server, cancellationToken);
        if (problem is null)
            problem = await MakeAsync(ConnectionSecret.Of(database, server, login!, DoltKinds.Database.OwnedBy(database)), database, cancellationToken);
        // Only when the new one is there: somebody connects from the former.
        if (problem is null)
            await RemoveFormerAsync(database, name, cancellationToken);
        Set(pass, problem is null ? name : database.Status?.Binding?.Name, problem ?? new SqlProblem(SqlReasons.Created, $"Secret {name} has all that an application needs"), problem is null);
        return new SqlOutcome(problem);
    }

    private async Task<SqlProblem?> MakeAsync(Secret desired, Database database, CancellationToken cancellationToken)
    {
        try
        {
            return await secrets.EnsureAsync(desired, database.Metadata.Uid ?? "", cancellationToken);
        }
        catch (KubernetesException exception) when (SqlProblem.IsRefusal(exception))
        {
            return SqlProblem.Of(exception);
        }
    }

    private async Task RemoveFormerAsync(Database database, string? name, CancellationToken cancellationToken)
    {
        if (database.Status?.Binding?.Name is { } former && former != name)
            await secrets.RemoveAsync(new NamespacedName(database.Metadata.Namespace ?? "", former), database.Metadata.Uid ?? "", cancellationToken);
    }

    private async Task<(Login? Login, SqlProblem? Problem)> LoginAsync(Database database, SqlServer server, CancellationToken cancellationToken)
    {
        var ns = database.Metadata.Namespace ?? "";
        if (database.Spec!.ConnectionSecret!.UserRef is not { } reference)
        {
            var owner = DatabaseDefinitions.Owner(database.Spec)!;
            return await LoginAsync(ns, owner.User, DatabaseDefinitions.OwnerPassword(database.Metadata.Name ?? "", database.Spec), DoltKinds.Database.OwnedBy(database), cancellationToken);
        }

        if (users.Get(new NamespacedName(ns, reference.Name ?? "")) is not { } user)
            return (null, new SqlProblem(SqlReasons.WaitingForDependency, $"User {reference.Name} of spec.connectionSecret.userRef does not exist"));
        if (ServerKeys.Of(user.Spec, ns) != server.Key)
            return (null, new SqlProblem(SqlReasons.InvalidSpec, $"User {reference.Name} of spec.connectionSecret.userRef is on another server"));
        return user.Status?.Applied?.Password is null
            ? (null, new SqlProblem(SqlReasons.WaitingForDependency, $"User {reference.Name} of spec.connectionSecret.userRef is not ready"))
            : await LoginAsync(ns, user.Spec!.Name ?? "", user.Spec.PasswordSecretKeyRef, DoltKinds.User.OwnedBy(user), cancellationToken);
    }

    private async Task<(Login? Login, SqlProblem? Problem)> LoginAsync(string ns, string user, PasswordReference? reference, OwnerReference owner, CancellationToken cancellationToken)
    {
        var password = await passwords.ReadAsync(ns, reference, owner, cancellationToken);
        return password.Problem is null ? (new Login(user, password.Value!), null) : (null, new SqlProblem(SqlReasons.PasswordUnavailable, password.Problem));
    }

    private void Set(SqlPass<Database> pass, string? name, SqlProblem? state, bool isReady = false)
    {
        var status = pass.Object.Status ?? new DatabaseStatus();
        var conditions = state is null
            ? status.Conditions?.Without(SqlReasons.ConnectionSecretReady)
            : status.Conditions.With(
                new Condition
                {
                    Type = SqlReasons.ConnectionSecretReady,
                    Status = isReady ? Conditions.True : Conditions.False,
                    Reason = state.Reason,
                    Message = state.Message,
                    ObservedGeneration = pass.Object.Metadata.Generation,
                },
                time.GetUtcNow());
        pass.Set(pass.Object with { Status = status with { Binding = name is null ? null : new BindingStatus { Name = name }, Conditions = conditions } });
    }
}
