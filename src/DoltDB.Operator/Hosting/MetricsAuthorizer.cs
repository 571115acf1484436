using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Hosting;

/// <summary>Whether a caller may read metrics.</summary>
internal enum MetricsAccess
{
    /// <summary>Yes.</summary>
    Allowed,

    /// <summary>No or an unknown token.</summary>
    Unauthenticated,

    /// <summary>A known caller without the right.</summary>
    Forbidden,
}

/// <summary>Decides who may read metrics.</summary>
internal interface IMetricsAuthorizer
{
    /// <summary>The verdict on a bearer token, null when the caller sent none.</summary>
    Task<MetricsAccess> AuthorizeAsync(string? token, CancellationToken cancellationToken);
}

/// <summary>Asks the API server: TokenReview for who it is, SubjectAccessReview for <c>get /metrics</c>. Verdicts are kept for ten seconds.</summary>
internal sealed class KubernetesMetricsAuthorizer(IKubernetesClient client, TimeProvider time) : IMetricsAuthorizer
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);
    private readonly Lock gate = new();
    private readonly Dictionary<string, (MetricsAccess Access, DateTimeOffset Until)> verdicts = new(StringComparer.Ordinal);

    public async Task<MetricsAccess> AuthorizeAsync(string? token, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(token))
            return MetricsAccess.Unauthenticated;
        var now = time.GetUtcNow();
        lock (gate)
        {
            if (verdicts.TryGetValue(token, out var known) && known.Until > now)
                return known.Access;
        }

        var access = await AskAsync(token, cancellationToken);
        lock (gate)
        {
            foreach (var expired in verdicts.Where(verdict => verdict.Value.Until <= now).Select(verdict => verdict.Key).ToList())
                verdicts.Remove(expired);
            verdicts[token] = (access, now + Lifetime);
        }

        return access;
    }

    private async Task<MetricsAccess> AskAsync(string token, CancellationToken cancellationToken)
    {
        var review = await client.CreateAsync(
            BuiltInKinds.TokenReview,
            new TokenReview { ApiVersion = "authentication.k8s.io/v1", Kind = "TokenReview", Metadata = new ObjectMeta(), Spec = new TokenReviewSpec { Token = token } },
            cancellationToken);
        if (review.Status?.Authenticated != true || review.Status.User is not { } user)
            return MetricsAccess.Unauthenticated;

        var access = await client.CreateAsync(
            BuiltInKinds.SubjectAccessReview,
            new SubjectAccessReview
            {
                ApiVersion = "authorization.k8s.io/v1",
                Kind = "SubjectAccessReview",
                Metadata = new ObjectMeta(),
                Spec = new SubjectAccessReviewSpec
                {
                    User = user.Username,
                    Uid = user.Uid,
                    Groups = user.Groups,
                    NonResourceAttributes = new NonResourceAttributes { Path = "/metrics", Verb = "get" },
                },
            },
            cancellationToken);
        return access.Status?.Allowed == true ? MetricsAccess.Allowed : MetricsAccess.Forbidden;
    }
}
