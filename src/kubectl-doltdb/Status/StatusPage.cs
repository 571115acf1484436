using System.Globalization;
using System.Text;
using DoltDB.Kubectl.Text;
using DoltDB.Operator.Api;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Core.Clusters.Resources;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Kubectl.Status;

/// <summary>One DoltDB on a page.</summary>
internal static class StatusPage
{
    private const string Indent = "  ";
    private const int NameWidth = 14;

    /// <summary>The page as text.</summary>
    public static string Render(StatusFacts facts, DateTimeOffset now)
    {
        var page = new StringBuilder();
        AppendSummary(page, facts.Cluster, now);
        AppendHandOver(page, facts.Cluster.Status?.HandOver, facts.Cluster.Metadata.Name!, now);
        AppendConditions(page, facts.Cluster.Status?.Conditions, now);
        AppendMembers(page, facts.Cluster.Status);
        AppendEndpoints(page, facts.Services);
        AppendEvents(page, facts.Events, now);
        foreach (var omission in facts.Omissions)
            page.Append('\n').Append(omission).Append('\n');
        return page.ToString();
    }

    private static void AppendSummary(StringBuilder page, DoltDb cluster, DateTimeOffset now)
    {
        var (spec, status) = (cluster.Spec, cluster.Status);
        Line(page, "Name:", cluster.Metadata.Name);
        Line(page, "Namespace:", cluster.Metadata.Namespace);
        Line(page, "Age:", Ages.Since(cluster.Metadata.CreationTimestamp, now));
        Line(page, "Phase:", StatusTable.Phase(cluster) + Staleness(cluster));
        Line(page, "Primary:", status?.CurrentPrimary ?? "none is known");
        Line(page, "Members:", $"{StatusTable.ReadyMembers(cluster)} ready");
        Line(page, "Replication:", spec?.IsReplicated() == true ? string.Create(CultureInfo.InvariantCulture, $"epoch {status?.ReplicationEpoch ?? 0}") : "off");
        Line(page, "Version:", spec?.EngineVersion);
        if (status?.Databases is { Count: > 0 } databases)
            Line(page, "Databases:", string.Join(", ", databases));
    }

    /// <summary>Says when the operator has not looked at the latest spec, so that old news is not taken for new.</summary>
    private static string Staleness(DoltDb cluster) => cluster.Status?.ObservedGeneration switch
    {
        null => "; no operator has looked at it yet",
        var seen when seen != cluster.Metadata.Generation => "; the latest change of the spec is not taken up yet",
        _ => "",
    };

    private static void AppendHandOver(StringBuilder page, HandOverStatus? handOver, string cluster, DateTimeOffset now)
    {
        if (handOver is null)
            return;
        var from = handOver.From is { } source ? ClusterNames.Pod(cluster, source) : "no one";
        var to = handOver.To is { } target ? ClusterNames.Pod(cluster, target) : "no one";
        page.Append('\n').Append("Hand-over:\n");
        page.Append(CultureInfo.InvariantCulture, $"{Indent}from {from} to {to} at epoch {handOver.Epoch}, ");
        page.Append(CultureInfo.InvariantCulture, $"since {Ages.Since(handOver.StartedAt, now)} ({handOver.Reason})\n");
    }

    private static void AppendConditions(StringBuilder page, IReadOnlyList<Condition>? conditions, DateTimeOffset now)
    {
        if (conditions is not { Count: > 0 })
            return;
        var table = new TextTable("TYPE", "STATUS", "SINCE", "REASON", "MESSAGE");
        foreach (var condition in conditions)
            table.Add(condition.Type, condition.Status, Ages.Since(condition.LastTransitionTime, now), condition.Reason, condition.Message);
        Section(page, "Conditions", table);
    }

    private static void AppendMembers(StringBuilder page, DoltDbStatus? status)
    {
        if (status?.Members is not { Count: > 0 } members)
            return;
        var table = new TextTable("POD", "ROLE", "EPOCH", "READY", "REACHABLE", "CAUGHT UP", "VERSION", "MESSAGE");
        foreach (var member in members.OrderBy(member => member.Ordinal))
        {
            // Only standbys catch up with something.
            var caughtUp = member.Name == status.CurrentPrimary ? null : YesNo(member.CaughtUp);
            table.Add(
                member.Name, member.Role, member.Epoch?.ToString(CultureInfo.InvariantCulture), YesNo(member.Ready), YesNo(member.Reachable), caughtUp,
                member.EngineVersion, member.Message);
        }

        Section(page, "Members", table);
    }

    private static void AppendEndpoints(StringBuilder page, IReadOnlyList<Service> services)
    {
        if (services.Count == 0)
            return;
        var table = new TextTable("SERVICE", "TYPE", "ADDRESS", "DNS NAME");
        foreach (var service in services)
        {
            var port = service.Spec?.Ports?.FirstOrDefault(p => p.Name == ClusterLabels.SqlPortName)?.Port;
            var address = service.Spec?.ClusterIP is { Length: > 0 } ip ? $"{ip}:{port}" : null;
            table.Add(service.Metadata.Name, service.Spec?.Type, address, $"{service.Metadata.Name}.{service.Metadata.Namespace}:{port}");
        }

        Section(page, "Endpoints", table);
    }

    private static void AppendEvents(StringBuilder page, IReadOnlyList<Event> events, DateTimeOffset now)
    {
        if (events.Count == 0)
            return;
        var table = new TextTable("AGE", "TYPE", "REASON", "COUNT", "MESSAGE");
        foreach (var item in events)
        {
            var count = (item.Count ?? 1).ToString(CultureInfo.InvariantCulture);
            table.Add(Ages.Since(StatusFacts.SeenAt(item), now), item.Type, item.Reason, count, item.Message?.ReplaceLineEndings(" "));
        }

        Section(page, "Events", table);
    }

    private static string? YesNo(bool? value) => value switch { true => "yes", false => "no", null => null };

    private static void Line(StringBuilder page, string name, string? value) => page.Append(name.PadRight(NameWidth)).Append(value ?? "-").Append('\n');

    private static void Section(StringBuilder page, string title, TextTable table) => page.Append('\n').Append(title).Append(":\n").Append(table.Render(Indent));
}
