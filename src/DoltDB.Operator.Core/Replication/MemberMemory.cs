using DoltDB.Operator.Sql;

namespace DoltDB.Operator.Core.Replication;

/// <summary>What the probes of one server remember of each other. A probe and a reading that outlasted its pass may use it at once.</summary>
internal sealed class MemberMemory
{
    private readonly Lock gate = new();
    private string? podUid;
    private MemberProbe last = MemberProbe.Unknown;

    /// <summary>The last answer, or its absence.</summary>
    public MemberProbe Last
    {
        get
        {
            lock (gate)
                return last;
        }
    }

    /// <summary>A probe that an earlier pass did not wait for; null without one.</summary>
    public Task? Running { get; set; }

    /// <summary>The last reading of what the server holds; null before the first.</summary>
    public Task? Reading { get; set; }

    /// <summary>When <see cref="Reading"/> was begun.</summary>
    public DateTimeOffset ReadingSince { get; set; }

    /// <summary>Whether a pass went on without what <see cref="Reading"/> will tell: it is of use to the pass that finds it done.</summary>
    public bool IsAwaited { get; set; }

    /// <summary>Whether what the server holds is being read.</summary>
    public bool IsReading => Reading is { IsCompleted: false };

    /// <summary>When the lag of the standbys was read.</summary>
    public DateTimeOffset LagRead { get; set; }

    /// <summary>Whether a database was seen to be gone since what the server holds was last asked for.</summary>
    public bool HasDropped { get; set; }

    /// <summary>When the accounts were read.</summary>
    public DateTimeOffset AccountsRead { get; set; }

    /// <summary>When the variables of a server without replication were read.</summary>
    public DateTimeOffset VariablesRead { get; set; }

    /// <summary>When the content could not be read; null when it could.</summary>
    public DateTimeOffset? ContentFailed { get; set; }

    /// <summary>Whether that is the incarnation of the pod that is asked at present.</summary>
    public bool IsOf(string? uid)
    {
        lock (gate)
            return podUid == uid;
    }

    /// <summary>
    /// Another incarnation of the pod: what the old one held and answered says nothing, but the ordinal is away since it was, and what it said as
    /// primary of its standbys is the last that is known of them.
    /// </summary>
    public void Renew(string? uid)
    {
        lock (gate)
        {
            if (podUid == uid)
                return;
            podUid = uid;
            Running = Reading = null;
            IsAwaited = HasDropped = false;
            ContentFailed = null;
            last = new MemberProbe { AwaySince = last.AwaySince, Failures = last.Failures, Replication = last.Replication, LastContent = last.LastContent };
        }
    }

    /// <summary>The server told its role: it is there, whatever else it tells. Returns what was known before, and what is known now.</summary>
    public (MemberProbe Before, MemberProbe Now) Answer(string? uid, DoltRoleReport role, DateTimeOffset asked, bool letsNobodyIn = false)
    {
        lock (gate)
        {
            var before = last;
            var now = new MemberProbe
            {
                IsReachable = true,
                LetsNobodyIn = letsNobodyIn,
                AnsweringSince = before.AnsweringSince ?? asked,
                Role = role.Role,
                Epoch = role.Epoch,
                EngineVersion = before.EngineVersion,
                Content = IsSameRole(before, role) ? before.Content : before.Content?.WithoutMoves(),
                ContentError = before.ContentError,
                LastContent = before.LastContent,
                Replication = role.Role == DoltRole.Primary ? before.Replication : null,
                Variables = before.Variables,
            };
            return (before, uid == podUid ? last = now : now);
        }
    }

    /// <summary>More of what the server that told its role says; nothing once it is another incarnation, is away or has another role.</summary>
    public void Add(string? uid, DoltRoleReport role, Func<MemberProbe, MemberProbe> add)
    {
        lock (gate)
        {
            if (uid == podUid && last.IsReachable && IsSameRole(last, role))
                last = add(last);
        }
    }

    /// <summary>What the server that answers has after it was told; nothing once it is another incarnation or away.</summary>
    public void Learn(string? uid, RunningVariables variables)
    {
        lock (gate)
        {
            if (uid == podUid && last.IsReachable)
                last = last with { Variables = variables };
        }
    }

    /// <summary>The server did not answer. One that refuses the password, or shows everybody the door, did: it is there.</summary>
    public MemberProbe Fail(string? uid, DateTimeOffset asked, string error, bool isAccessDenied = false, bool letsNobodyIn = false)
    {
        lock (gate)
        {
            if (uid == podUid)
            {
                var isThere = isAccessDenied || letsNobodyIn;
                var failures = isThere ? 0 : last.Failures + 1;
                last = new MemberProbe
                {
                    AnsweringSince = failures < MemberProbe.ConfirmingFailures ? last.AnsweringSince : null,
                    AwaySince = isThere ? null : last.AwaySince ?? asked,
                    Failures = failures,
                    Error = error,
                    IsAccessDenied = isAccessDenied,
                    LetsNobodyIn = letsNobodyIn,
                    ClosesSince = last.ClosesSince ?? (letsNobodyIn ? asked : null),
                    Replication = last.Replication,
                    LastContent = last.LastContent,
                };
            }

            return last;
        }
    }

    private static bool IsSameRole(MemberProbe probe, DoltRoleReport role) => probe.Role == role.Role && probe.Epoch == role.Epoch;
}
