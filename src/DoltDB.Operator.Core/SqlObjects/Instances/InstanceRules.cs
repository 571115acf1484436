using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.SqlObjects.Servers;
using DoltDB.Operator.Sql.Drivers;

namespace DoltDB.Operator.Core.SqlObjects.Instances;

/// <summary>The status of an ExternalInstance. Pure.</summary>
internal static class InstanceRules
{
    /// <summary>The reason of an instance that answers.</summary>
    public const string Reachable = "Reachable";

    /// <summary>The reason of an instance that is managed by a driver, which is run only when there is something to do.</summary>
    public const string Managed = "ManagedByDriver";

    private static readonly DriverCapabilities[] Named =
    [
        DriverCapabilities.Databases, DriverCapabilities.Users, DriverCapabilities.Grants, DriverCapabilities.Roles,
        DriverCapabilities.MaxUserConnections, DriverCapabilities.RequireTLS, DriverCapabilities.Branches,
    ];

    /// <summary>The status; what was read of a server that does not answer now is kept.</summary>
    public static ExternalInstanceStatus Status(ExternalInstance instance, SqlServer? server, ServerDescription? description, SqlProblem? problem, DateTimeOffset now)
    {
        var old = instance.Status ?? new ExternalInstanceStatus();
        var isManaged = server?.JobDriver is not null;
        var ready = new Condition
        {
            Type = SqlReasons.Ready,
            Status = problem is null ? Conditions.True : Conditions.False,
            Reason = problem?.Reason ?? (isManaged ? Managed : Reachable),
            Message = problem?.Message ?? (isManaged ? $"DatabaseDriver {server!.JobDriver!.Metadata.Name} does the work" : $"{server!.Engine} {description!.Version} answers"),
            ObservedGeneration = instance.Metadata.Generation,
        };
        return old with
        {
            ObservedGeneration = instance.Metadata.Generation,
            Phase = problem is null ? "Ready" : problem.Reason is SqlReasons.ServerUnreachable or SqlReasons.AccessDenied ? "Unreachable" : "Pending",
            Version = description?.Version ?? old.Version,
            Capabilities = isManaged ? [nameof(DriverCapabilities.Databases)] : description is null ? old.Capabilities : [.. Named.Where(one => description.Capabilities.HasFlag(one)).Select(one => one.ToString())],
            Conditions = old.Conditions.With(ready, now),
        };
    }
}
