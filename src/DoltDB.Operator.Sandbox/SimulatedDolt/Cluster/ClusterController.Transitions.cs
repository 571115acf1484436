using DoltDB.Operator.Sandbox.SimulatedDolt.Engine;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Cluster;

/// <summary>A row of the answer to DOLT_CLUSTER_TRANSITION_TO_STANDBY.</summary>
internal sealed record TransitionRow(bool CaughtUp, string Database, string Remote, string RemoteUrl);

/// <summary>The two procedures that change the role on request.</summary>
internal sealed partial class ClusterController
{
    private const string NotGraceful = "cluster/controller: failed to transition from primary to standby gracefully; ";
    private static readonly TimeSpan GracefulLimit = TimeSpan.FromSeconds(10);
    private static readonly string[] PseudoDatabases = ["mysql", "dolt_branch_control"];

    /// <summary>DOLT_ASSUME_CLUSTER_ROLE. Returns when the role is taken.</summary>
    public async Task AssumeRoleAsync(string roleText, long epoch, Session caller, CancellationToken cancellationToken)
    {
        ClusterRole role;
        lock (_engine.Gate)
        {
            role = roleText is "primary" or "standby"
                ? ClusterRoles.Parse(roleText)!.Value
                : throw SqlErrors.General($"error assuming role '{roleText}'; valid roles are 'primary' and 'standby'");
            if (!CheckEpoch(roleText, role, epoch)) return;
            if (role == Role)
            {
                SetEpoch(epoch);
                KickAll();
                return;
            }

            if (Role != ClusterRole.Primary)
            {
                ChangeRole(role, epoch, caller);
                return;
            }
        }

        var rows = await DrainAsync(epoch, minimum: -1, caller, cancellationToken);
        if (rows is null) throw SqlErrors.General(NotGraceful + "could not replicate databases to standby in a timely manner.");
    }

    /// <summary>DOLT_CLUSTER_TRANSITION_TO_STANDBY. A minimum of 0 means all standbys.</summary>
    public async Task<List<TransitionRow>> TransitionToStandbyAsync(long epoch, int minimum, Session caller, CancellationToken cancellationToken)
    {
        lock (_engine.Gate)
        {
            if (!IsWritable) throw SqlErrors.ServerReadOnly();
            if (!CheckEpoch("standby", ClusterRole.Standby, epoch)) return [];
        }

        var required = minimum == 0 ? _links.Length : minimum;
        var rows = await DrainAsync(epoch, required, caller, cancellationToken);
        if (rows is not null) return rows;
        int databases, caughtUp;
        lock (_engine.Gate) (databases, caughtUp) = (Databases.Count + PseudoDatabases.Length, _links.Count(IsCaughtUp));
        throw SqlErrors.General(
            $"{NotGraceful}could not ensure {required} replicas were caught up on all {databases} databases. Only caught up {caughtUp} standbys fully.");
    }

    /// <summary>False when there is nothing to do; an epoch that is not higher is refused otherwise.</summary>
    private bool CheckEpoch(string roleText, ClusterRole role, long epoch)
    {
        if (epoch < Epoch) throw SqlErrors.General($"error assuming role '{roleText}' at epoch {epoch}; already at epoch {Epoch}");
        if (epoch > Epoch) return true;
        if (role == Role) return false;
        throw SqlErrors.General($"error assuming role '{roleText}' at epoch {epoch}; already at epoch {Epoch} with different role, '{Role.ToSql()}'");
    }

    /// <summary>
    /// Stops writes, waits for the standbys and becomes one of them. Null, with the role unchanged, when fewer than
    /// <paramref name="minimum"/> caught up in time; a negative minimum means all.
    /// </summary>
    private async Task<List<TransitionRow>?> DrainAsync(long epoch, int minimum, Session caller, CancellationToken cancellationToken)
    {
        int generation;
        lock (_engine.Gate)
        {
            if (!IsWritable) throw SqlErrors.ServerReadOnly();
            _draining = true;
            generation = _generation;
            _engine.Sessions.KillAll(except: caller);
            KickAll();
        }

        try
        {
            await WaitUntilAsync(() => generation != _generation || _links.All(IsCaughtUp), GracefulLimit, cancellationToken);
            lock (_engine.Gate)
            {
                if (generation != _generation) throw SqlErrors.ServerReadOnly();
                var rows = _links.SelectMany(DescribeTransition).OrderBy(r => r.Database, StringComparer.Ordinal).ToList();
                if (_links.Count(IsCaughtUp) < (minimum < 0 ? _links.Length : minimum)) return null;
                ChangeRole(ClusterRole.Standby, epoch, caller);
                return rows;
            }
        }
        finally
        {
            lock (_engine.Gate) _draining = false;
        }
    }

    private IEnumerable<TransitionRow> DescribeTransition(StandbyLink link)
    {
        foreach (var (name, database) in link.Databases)
            yield return new TransitionRow(IsCaughtUp(name, database), name, link.Remote.Name, link.Remote.UrlOf(name));
        foreach (var name in PseudoDatabases)
        {
            var caughtUp = name != "mysql" || ReferenceEquals(link.PushedAccounts, _engine.Accounts);
            yield return new TransitionRow(caughtUp, name, link.Remote.Name, link.Remote.Address.GetLeftPart(UriPartial.Authority));
        }
    }
}
