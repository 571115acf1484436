using System.Globalization;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.SqlObjects.Servers;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Sql.Drivers;

namespace DoltDB.Operator.Core.SqlObjects;

/// <summary>What differs between Databases, Users and Grants; the rest is <see cref="SqlObjectReconciler{T}"/>.</summary>
internal interface ISqlObjectKind<T>
    where T : KubernetesObject
{
    /// <summary>The kind.</summary>
    ResourceKind<T> Kind { get; }

    /// <summary>The finalizer that holds a deleted object until its counterpart is removed.</summary>
    string Finalizer { get; }

    /// <summary>The object's spec.</summary>
    SqlObjectSpec? Spec(T resource);

    /// <summary>The object's status.</summary>
    SqlObjectStatus? Status(T resource);

    /// <summary>The server on which the object had its effect; null before the first.</summary>
    string? AppliedServer(T resource);

    /// <summary>The object as if its spec had been applied on that server already: for what the Go operator made.</summary>
    T AsApplied(T resource, string server);

    /// <summary>What the object is called on the server: database shop.</summary>
    string Thing(T resource);

    /// <summary>The object with these conditions, seen at this generation.</summary>
    T With(T resource, IReadOnlyList<Condition> conditions, long? generation);

    /// <summary>The status as text, to see whether it changed.</summary>
    string StatusText(T resource);

    /// <summary>What forbids any effect, told from the API objects alone; null when nothing does.</summary>
    SqlProblem? Objection(T resource);

    /// <summary>Makes the counterpart as the spec wants it. What must survive a crash is saved before the effect that needs it.</summary>
    Task<SqlOutcome> ApplyAsync(SqlPass<T> pass, SqlServer server, CancellationToken cancellationToken);

    /// <summary>The facts of a deletion that only this kind knows.</summary>
    DeletionFacts Complete(DeletionFacts facts, T resource);

    /// <summary>Removes the counterpart.</summary>
    Task<SqlOutcome> RemoveAsync(SqlPass<T> pass, SqlServer server, CancellationToken cancellationToken);
}

/// <summary>Why an object is not as it should be: reason and message of its condition.</summary>
internal sealed record SqlProblem(string Reason, string Message)
{
    /// <summary>The condition for what a driver could not do.</summary>
    public static SqlProblem Of(DriverException exception, SqlServer server) => new(
        exception.Error switch
        {
            DriverError.Unreachable => SqlReasons.ServerUnreachable,
            DriverError.AccessDenied => SqlReasons.AccessDenied,
            DriverError.Unsupported => SqlReasons.UnsupportedByEngine,
            DriverError.Invalid => SqlReasons.InvalidSpec,
            DriverError.Missing => SqlReasons.WaitingForDependency,
            _ => SqlReasons.Failed,
        },
        exception.Error == DriverError.Unreachable && server.TlsHint is { } hint ? $"{exception.Message}. {hint}" : exception.Message);

    /// <summary>Whether the API server will go on refusing until somebody changes something: not what is overtaken, gone or overloaded.</summary>
    public static bool IsRefusal(KubernetesException exception) => exception.Code is 400 or 403 or 422;

    /// <summary>The condition for what the API server refused. Its own words may quote what was sent, such as a password, and are left out.</summary>
    public static SqlProblem Of(KubernetesException exception)
    {
        var thing = exception.ObjectKind is { } kind ? $"{kind} {exception.ObjectName}".TrimEnd() : "an object";
        var fields = exception.Fields.Count > 0 ? $" because of {string.Join(", ", exception.Fields)}" : "";
        return new SqlProblem(SqlReasons.Refused, string.Create(CultureInfo.InvariantCulture, $"the API server refused {thing}{fields}: {exception.Reason ?? "no reason given"} ({exception.Code})"));
    }
}

/// <summary>How far an attempt came.</summary>
/// <param name="Problem">What is in the way; null when all is done.</param>
/// <param name="LookAgain">When to look again although nothing is wrong; null for the usual interval.</param>
internal sealed record SqlOutcome(SqlProblem? Problem, TimeSpan? LookAgain = null)
{
    /// <summary>All is done.</summary>
    public static readonly SqlOutcome Done = new((SqlProblem?)null);

    /// <summary>Something is in the way.</summary>
    public static SqlOutcome Of(string reason, string message) => new(new SqlProblem(reason, message));
}
