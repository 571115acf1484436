using System.Text.Json;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.SqlObjects.Servers;
using DoltDB.Operator.Kubernetes.Caching;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Events;
using DoltDB.Operator.Kubernetes.Objects;
using DoltDB.Operator.Sql.Drivers;

namespace DoltDB.Operator.Core.SqlObjects.Grants;

/// <summary>What is done for a Grant. Several Grants may be about one account and target: what one takes back, the others keep.</summary>
internal sealed class GrantKind(IObjectCache<Grant> grants, DriverSource drivers) : ISqlObjectKind<Grant>
{
    /// <inheritdoc/>
    public ResourceKind<Grant> Kind => DoltKinds.Grant;

    /// <inheritdoc/>
    public string Finalizer => "grant.k8s.dolthub.com/finalizer";

    /// <inheritdoc/>
    public SqlObjectSpec? Spec(Grant resource) => resource.Spec;

    /// <inheritdoc/>
    public SqlObjectStatus? Status(Grant resource) => resource.Status;

    /// <inheritdoc/>
    public string? AppliedServer(Grant resource) => resource.Status?.Applied?.Server;

    /// <inheritdoc/>
    public Grant AsApplied(Grant resource, string server) => resource.Spec is not { } spec
        ? resource
        : resource with { Status = (resource.Status ?? new GrantStatus()) with { Applied = GrantRules.Remember(GrantRules.Of(spec), server) } };

    /// <inheritdoc/>
    public string Thing(Grant resource) =>
        resource.Spec is { } spec && GrantRules.Of(spec) is var grant ? $"the grant to {grant.Account} on {grant.Database}.{grant.Table}" : "the grant";

    /// <inheritdoc/>
    public Grant With(Grant resource, IReadOnlyList<Condition> conditions, long? generation) =>
        resource with { Status = (resource.Status ?? new GrantStatus()) with { Conditions = conditions, ObservedGeneration = generation } };

    /// <inheritdoc/>
    public string StatusText(Grant resource) => resource.Status is null ? "" : JsonSerializer.Serialize(resource.Status, ApiJson.Default.GrantStatus);

    /// <inheritdoc/>
    public SqlProblem? Objection(Grant resource)
    {
        if (string.IsNullOrEmpty(resource.Spec?.Username))
            return new SqlProblem(SqlReasons.InvalidSpec, "spec.username must be given");
        return resource.Spec.Privileges is not { Count: > 0 } && resource.Spec.Roles is not { Count: > 0 }
            ? new SqlProblem(SqlReasons.InvalidSpec, "spec.privileges must be given")
            : null;
    }

    /// <inheritdoc/>
    public async Task<SqlOutcome> ApplyAsync(SqlPass<Grant> pass, SqlServer server, CancellationToken cancellationToken)
    {
        if (server.JobDriver is not null)
            return SqlOutcome.Of(SqlReasons.UnsupportedByEngine, $"{server.Key} is managed by a DatabaseDriver, which knows no grants");
        var session = drivers.Open(server);
        var wanted = GrantRules.Of(pass.Object.Spec!, HasHosts(session));
        var before = GrantRules.Of(pass.Object.Status?.Applied, HasHosts(session));
        if (wanted.Roles.Count > 0 && !session.Capabilities.HasFlag(DriverCapabilities.Roles))
            return SqlOutcome.Of(SqlReasons.UnsupportedByEngine, $"spec.roles: {server.Engine} has no roles");

        // Another account or target: what was given at the old place is taken back before it is forgotten.
        var isMoved = before is not null && !GrantRules.IsSamePlace(before, wanted);
        var isChanged = isMoved && await TakeBackAsync(session, pass, before!, wanted, server, cancellationToken);

        // What will have been given is remembered first: a Grant that is deleted after a crash takes all of it back.
        Remember(pass, GrantRules.Together(before, wanted), server);
        await pass.SaveAsync(cancellationToken);
        isChanged |= await session.EnsureGrantAsync(wanted, cancellationToken);
        if (before is not null && !isMoved)
            isChanged |= await TakeBackAsync(session, pass, before, wanted, server, cancellationToken);
        Remember(pass, wanted, server);
        if (isChanged && pass.Object.Status?.Conditions.IsTrue(SqlReasons.Ready) == true)
            pass.Record(EventType.Normal, "Changed", $"{Thing(pass.Object)} was changed to what the spec says");
        return SqlOutcome.Done;
    }

    /// <inheritdoc/>
    public DeletionFacts Complete(DeletionFacts facts, Grant resource) => facts;

    /// <inheritdoc/>
    public async Task<SqlOutcome> RemoveAsync(SqlPass<Grant> pass, SqlServer server, CancellationToken cancellationToken)
    {
        if (server.JobDriver is not null)
            return SqlOutcome.Done;
        var session = drivers.Open(server);
        if (GrantRules.Of(pass.Object.Status?.Applied, HasHosts(session)) is { } given)
            await TakeBackAsync(session, pass, given, null, server, cancellationToken);
        return SqlOutcome.Done;
    }

    /// <summary>Takes back what nobody wants any more. Where only all privileges can be taken at once, those that are wanted are given again.</summary>
    private async Task<bool> TakeBackAsync(ServerSession session, SqlPass<Grant> pass, GrantDefinition given, GrantDefinition? wanted, SqlServer server, CancellationToken cancellationToken)
    {
        var others = Others(pass.Object, given, server, HasHosts(session));
        if (GrantRules.Superfluous(given, wanted, others) is not { } superfluous)
            return false;
        await session.RevokeAsync(superfluous, cancellationToken);
        if (!GrantRules.TakesAll(superfluous))
            return true;
        foreach (var kept in others.Append(wanted).OfType<GrantDefinition>().Where(grant => GrantRules.IsSamePlace(grant, given)))
            await session.EnsureGrantAsync(kept, cancellationToken);
        return true;
    }

    /// <summary>What other Grants of the account ask for.</summary>
    private List<GrantDefinition> Others(Grant grant, GrantDefinition given, SqlServer server, bool hasHosts) =>
    [
        .. grants.Lookup(SqlIndexes.ByAccount, SqlIndexes.Account(server.Key, given.Account.User))
            .Where(other => other.Metadata.Uid != grant.Metadata.Uid && other.Metadata.DeletionTimestamp is null && other.Spec is not null)
            .Select(other => GrantRules.Of(other.Spec!, hasHosts)),
    ];

    private static bool HasHosts(ServerSession session) => session.Capabilities.HasFlag(DriverCapabilities.Hosts);

    private static void Remember(SqlPass<Grant> pass, GrantDefinition grant, SqlServer server) =>
        pass.Set(pass.Object with { Status = (pass.Object.Status ?? new GrantStatus()) with { Applied = GrantRules.Remember(grant, server.Key) } });
}
