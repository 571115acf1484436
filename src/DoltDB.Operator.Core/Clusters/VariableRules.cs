using System.Collections.Immutable;
using System.Globalization;
using DoltDB.Operator.Api;
using DoltDB.Operator.Core.Replication;
using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>A value that the server of an ordinal is to take while it runs.</summary>
internal sealed record VariableChange(int Ordinal, DoltVariable Variable, string Value);

/// <summary>What running servers take without a restart, and have otherwise than the spec says.</summary>
internal static class VariableRules
{
    /// <summary>The servers to be told, or null. A server that refused, or whose value is not known, is left alone.</summary>
    public static ClusterStep.SetVariables? Decide(PlanDraft draft)
    {
        if (draft.Primary is not (null or PrimaryDecision.Settled) || draft.Problems.Count > 0)
            return null;
        var wanted = Wanted(draft.Facts.Spec);
        var changes = ImmutableArray.CreateBuilder<VariableChange>();
        foreach (var member in draft.Facts.Members.Where(member => !member.IsDeleting))
        {
            changes.AddRange(
                from variable in wanted
                where member.Probe.Variables?.Of(variable.Variable) is { } has && has != variable.Value && Refusal(draft, member, variable) is not { Rests: true }
                select new VariableChange(member.Ordinal, variable.Variable, variable.Value));
        }

        return changes.Count == 0 ? null : new ClusterStep.SetVariables(changes.ToImmutable(), string.Join(", ", wanted.Where(variable => changes.Any(variable.IsOf)).Select(variable => variable.Meaning)));
    }

    /// <summary>What servers did not take, by the fields of the spec; empty when they took all.</summary>
    public static string Refused(PlanDraft draft) => string.Join("; ", Wanted(draft.Facts.Spec).Select(variable => (variable.Field, Servers: Refused(draft, variable)))
        .Where(refused => refused.Servers.Length > 0).Select(refused => $"{refused.Field} was not taken by {refused.Servers}"));

    private static string Refused(PlanDraft draft, WantedVariable variable) => string.Join(
        "; ",
        from member in draft.Facts.Members
        let refusal = Refusal(draft, member, variable)
        where refusal is not null && member.Probe.Variables?.Of(variable.Variable) != variable.Value
        select $"{member.PodName}: {refusal.Because}");

    private static Refusal? Refusal(PlanDraft draft, Member member, WantedVariable variable) =>
        draft.Facts.Refusals.GetValueOrDefault(Refusals.OfVariable(member.Pod, variable.Variable, variable.Value));

    /// <summary>How long writes wait is left alone while the spec does not say; servers begin with a log level whatever it says.</summary>
    private static ImmutableArray<WantedVariable> Wanted(DoltDbSpec spec)
    {
        var level = spec.ServerLogLevel();
        var logged = new WantedVariable(DoltVariable.LogLevel, level, "spec.server.logLevel", $"servers log at level {level}");
        return spec.IsReplicated() && spec.Replication?.AckWritesTimeoutSeconds is { } seconds
            ? [new(DoltVariable.AckWritesTimeout, seconds.ToString(CultureInfo.InvariantCulture), "spec.replication.ackWritesTimeoutSeconds", $"writes wait {seconds} s for the standbys"), logged]
            : [logged];
    }

    /// <summary>A value that the spec asks for, the field that says so, and what it means.</summary>
    private sealed record WantedVariable(DoltVariable Variable, string Value, string Field, string Meaning)
    {
        public bool IsOf(VariableChange change) => change.Variable == Variable;
    }
}
