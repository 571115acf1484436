using System.Globalization;
using DoltDB.Operator.Sandbox.SimulatedDolt.Accounts;
using DoltDB.Operator.Sandbox.SimulatedDolt.Cluster;
using DoltDB.Operator.Sandbox.SimulatedDolt.Language;
using DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Engine;

/// <summary>Dolt's stored procedures.</summary>
internal sealed class Procedures(StatementContext context, CancellationToken cancellationToken)
{
    public async Task<StatementResult> RunAsync(CallProcedure call)
    {
        var evaluator = new Evaluator(context);
        var arguments = call.Arguments.Select(evaluator.Constant).ToList();
        var texts = arguments.Select(a => SqlValue.Format(a) ?? "").ToList();
        switch (call.Name)
        {
            case "dolt_assume_cluster_role" when Cluster(call.Name) is { } cluster:
                await AssumeRoleAsync(cluster, arguments);
                return StatementResult.StatusZero;
            case "dolt_cluster_transition_to_standby" when Cluster(call.Name) is { } cluster:
                return await TransitionAsync(cluster, arguments);
            case "dolt_backup":
                Backups.Run(context, texts);
                return StatementResult.StatusZero;
            case "dolt_gc":
                RequireExecute();
                return StatementResult.StatusZero;
            default:
                return new VersionControl(context).Run(call.Name, texts);
        }
    }

    /// <summary>Without a cluster and a current database the real server panics and drops the connection.</summary>
    private ClusterController? Cluster(string name)
    {
        if (context.Engine.Cluster is { } cluster) return cluster;
        if (context.Session.CurrentDatabase is null) context.Session.Close();
        throw SqlErrors.General($"stored procedure \"{name}\" does not exist");
    }

    private async Task AssumeRoleAsync(ClusterController cluster, List<object?> arguments)
    {
        RequireExecute();
        if (arguments is not [var role, var epoch]) throw WrongCount("dolt_assume_cluster_role", 2, arguments.Count);
        await cluster.AssumeRoleAsync(SqlValue.Format(role) ?? "", Number(epoch), context.Session, cancellationToken);
    }

    private async Task<StatementResult> TransitionAsync(ClusterController cluster, List<object?> arguments)
    {
        RequireExecute();
        if (arguments is not [var epoch, var minimum]) throw WrongCount("dolt_cluster_transition_to_standby", 2, arguments.Count);
        var rows = await cluster.TransitionToStandbyAsync(Number(epoch), (int)Number(minimum), context.Session, cancellationToken);
        return StatementResult.Of(new ResultSet(
            [new("caught_up", WireType.Tiny), new("database", WireType.Blob), new("remote", WireType.Blob), new("remote_url", WireType.Blob)],
            [.. rows.Select(r => new object?[] { Evaluator.Bool(r.CaughtUp), r.Database, r.Remote, r.RemoteUrl })]));
    }

    private void RequireExecute()
    {
        if (!AccessControl.Has(context.Account, Privilege.Execute)) AccessControl.Require(context.Account, Privilege.Super);
    }

    private static long Number(object? value) => value switch
    {
        long number => number,
        string text when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw new SqlError(1366, $"Incorrect int value: '{SqlValue.Format(value)}'"),
    };

    private static SqlError WrongCount(string name, int expected, int given) =>
        SqlErrors.General($"CALL {name}: expected {expected} arguments, but got {given}");
}
