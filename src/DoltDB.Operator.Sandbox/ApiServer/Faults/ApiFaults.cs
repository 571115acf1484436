using DoltDB.Operator.Sandbox.ApiServer.Errors;
using DoltDB.Operator.Sandbox.ApiServer.Store;

namespace DoltDB.Operator.Sandbox.ApiServer.Faults;

/// <summary>A request as fault rules see it.</summary>
/// <param name="Kind">Verb, resource, user agent.</param>
/// <param name="Namespace">Namespace; null for cluster-wide requests.</param>
/// <param name="Name">Object name; null for collections.</param>
public readonly record struct FaultContext(RequestKind Kind, string? Namespace, string? Name);

/// <summary>Makes the API server misbehave. Rules are tried in the order in which they were added.</summary>
public sealed class ApiFaults
{
    private readonly Lock gate = new();
    private readonly List<FaultRule> rules = [];
    private readonly ObjectStore store;
    private readonly TimeProvider time;
    private Random random;

    internal ApiFaults(ObjectStore store, TimeProvider time, Random random)
    {
        this.store = store;
        this.time = time;
        this.random = random;
    }

    /// <summary>Answers matching requests with a failure code; disposing the result ends it.</summary>
    /// <param name="matches">Which requests.</param>
    /// <param name="code">HTTP status code: 409 for conflicts, 500, 503, 429, 403...</param>
    /// <param name="count">How many requests; null for all.</param>
    /// <param name="probability">Chance of each matching request, 0 to 1.</param>
    public IDisposable Fail(Func<FaultContext, bool> matches, int code, int? count = null, double probability = 1) =>
        Add(new FaultRule(this, matches, count, probability) { Code = code });

    /// <summary>Lets matching requests wait before they are handled; disposing the result ends it.</summary>
    public IDisposable Delay(Func<FaultContext, bool> matches, TimeSpan delay, int? count = null, double probability = 1) =>
        Add(new FaultRule(this, matches, count, probability) { Wait = delay });

    /// <summary>Handles matching requests, but the client sees a broken connection; disposing the result ends it.</summary>
    public IDisposable LoseAnswer(Func<FaultContext, bool> matches, int? count = null, double probability = 1) =>
        Add(new FaultRule(this, matches, count, probability) { LosesAnswer = true });

    /// <summary>Ends every open watch now.</summary>
    public void DropWatches() => store.EndWatches();

    /// <summary>Forgets the history: watches and lists from older revisions answer 410.</summary>
    public void CompactHistory() => store.CompactHistory();

    /// <summary>Ends all rules.</summary>
    public void Clear()
    {
        lock (gate)
            rules.Clear();
    }

    /// <summary>Makes probabilities replayable.</summary>
    public void Seed(int seed)
    {
        lock (gate)
            random = new Random(seed);
    }

    /// <summary>Applies the rules before a request is handled; true when its answer must be lost.</summary>
    internal async Task<bool> ApplyAsync(FaultContext context, CancellationToken cancellationToken)
    {
        var losesAnswer = false;
        foreach (var rule in Hit(context))
        {
            if (rule.Wait > TimeSpan.Zero)
                await Task.Delay(rule.Wait, time, cancellationToken);
            losesAnswer |= rule.LosesAnswer;
            if (rule.Code is { } code)
                throw Failure(code, context);
        }

        return losesAnswer;
    }

    private static StatusException Failure(int code, FaultContext context) => new(
        code,
        code switch
        {
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "NotFound",
            409 => "Conflict",
            410 => "Expired",
            429 => "TooManyRequests",
            503 => "ServiceUnavailable",
            504 => "Timeout",
            _ => "InternalError",
        },
        $"injected fault: {context.Kind.Verb} {context.Kind.Resource} {context.Name}")
    {
        RetryAfterSeconds = code is 429 or 503 ? 1 : null,
    };

    private FaultRule Add(FaultRule rule)
    {
        lock (gate)
            rules.Add(rule);
        return rule;
    }

    private List<FaultRule> Hit(FaultContext context)
    {
        lock (gate)
        {
            if (rules.Count == 0)
                return [];
            var hit = rules.Where(rule => rule.Matches(context) && (rule.Probability >= 1 || random.NextDouble() < rule.Probability)).ToList();
            foreach (var rule in hit)
                rule.Use();
            rules.RemoveAll(static rule => rule.IsUsedUp);
            return hit;
        }
    }

    private void Remove(FaultRule rule)
    {
        lock (gate)
            rules.Remove(rule);
    }

    private sealed class FaultRule(ApiFaults owner, Func<FaultContext, bool> matches, int? remaining, double probability) : IDisposable
    {
        private int? remaining = remaining;

        public int? Code { get; init; }

        public TimeSpan Wait { get; init; }

        public bool LosesAnswer { get; init; }

        public double Probability { get; } = probability;

        public bool IsUsedUp => remaining == 0;

        public bool Matches(FaultContext context) => matches(context);

        public void Use() => remaining--;

        public void Dispose() => owner.Remove(this);
    }
}
