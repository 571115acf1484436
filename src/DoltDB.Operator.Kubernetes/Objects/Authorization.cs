using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Kubernetes.Objects;

/// <summary>Asks the API server whose token it is (authentication.k8s.io/v1). Never stored.</summary>
public sealed record TokenReview : KubernetesObject
{
    /// <summary>The question.</summary>
    public TokenReviewSpec? Spec { get; init; }

    /// <summary>The answer.</summary>
    public TokenReviewStatus? Status { get; init; }
}

/// <summary>A token to look at. Never log one.</summary>
public sealed record TokenReviewSpec : JsonShape
{
    /// <summary>The bearer token.</summary>
    public required string Token { get; init; }
}

/// <summary>Whose token it is.</summary>
public sealed record TokenReviewStatus : JsonShape
{
    /// <summary>Whether the token is valid.</summary>
    public bool? Authenticated { get; init; }

    /// <summary>The account behind the token.</summary>
    public UserInfo? User { get; init; }
}

/// <summary>An authenticated account.</summary>
public sealed record UserInfo : JsonShape
{
    /// <summary>Name of the account.</summary>
    public string? Username { get; init; }

    /// <summary>Uid of the account.</summary>
    public string? Uid { get; init; }

    /// <summary>Groups of the account.</summary>
    public IReadOnlyList<string>? Groups { get; init; }
}

/// <summary>Asks the API server what an account may do (authorization.k8s.io/v1). Never stored.</summary>
public sealed record SubjectAccessReview : KubernetesObject
{
    /// <summary>The question.</summary>
    public SubjectAccessReviewSpec? Spec { get; init; }

    /// <summary>The answer.</summary>
    public SubjectAccessReviewStatus? Status { get; init; }
}

/// <summary>Who wants to do what.</summary>
public sealed record SubjectAccessReviewSpec : JsonShape
{
    /// <summary>Name of the account.</summary>
    public string? User { get; init; }

    /// <summary>Uid of the account.</summary>
    public string? Uid { get; init; }

    /// <summary>Groups of the account.</summary>
    public IReadOnlyList<string>? Groups { get; init; }

    /// <summary>A path that is no resource, such as <c>/metrics</c>.</summary>
    public NonResourceAttributes? NonResourceAttributes { get; init; }
}

/// <summary>A path and a verb.</summary>
public sealed record NonResourceAttributes : JsonShape
{
    /// <summary>The path.</summary>
    public string? Path { get; init; }

    /// <summary>The verb, <c>get</c>.</summary>
    public string? Verb { get; init; }
}

/// <summary>Whether the account may.</summary>
public sealed record SubjectAccessReviewStatus : JsonShape
{
    /// <summary>True when it may.</summary>
    public bool? Allowed { get; init; }
}
