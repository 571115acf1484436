using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Node;

/// <summary>Counts the results of one probe as a kubelet does: the verdict turns only after enough results in a row. Pure.</summary>
/// <param name="Verdict">What the probe says now.</param>
/// <param name="Run">Length of the current run of equal results.</param>
/// <param name="LastResult">The result that the run consists of.</param>
internal sealed record ProbeTracker(bool Verdict, int Run, bool LastResult)
{
    /// <summary>Before the first result: readiness and startup begin as failed, liveness as fine.</summary>
    public static ProbeTracker Start(bool verdict) => new(verdict, 0, verdict);

    /// <summary>The tracker after one more result.</summary>
    public ProbeTracker After(bool succeeded, Probe probe)
    {
        var run = succeeded == LastResult ? Run + 1 : 1;
        var threshold = succeeded ? probe.SuccessThreshold ?? 1 : probe.FailureThreshold ?? 3;
        return new ProbeTracker(run >= threshold ? succeeded : Verdict, run, succeeded);
    }
}

/// <summary>How long a crashed container waits before its next start: 10 s doubled up to 5 minutes, from zero again after 10 minutes of health.</summary>
internal sealed record RestartBackOff(TimeSpan First, TimeSpan Longest, TimeSpan ForgottenAfter)
{
    /// <summary>A kubelet's values.</summary>
    public static RestartBackOff Kubelet { get; } = new(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(10));

    /// <summary>The wait before the next start; the first restart comes at once.</summary>
    public TimeSpan Next(TimeSpan previous, TimeSpan ranFor, bool firstRestart)
    {
        if (firstRestart || ranFor >= ForgottenAfter)
            return TimeSpan.Zero;
        var doubled = previous <= TimeSpan.Zero ? First : previous * 2;
        return doubled < Longest ? doubled : Longest;
    }
}
