using DoltDB.Operator.Kubernetes.Client;

namespace DoltDB.Operator.Core.Clusters;

/// <summary>How a request to the API server can fail: it refuses, answers late or cannot be reached. None of them says anything about another request.</summary>
internal static class ApiFailures
{
    /// <summary>Whether the exception is such a failure, and no mistake of ours.</summary>
    public static bool IsApiFailure(this Exception exception) => exception is KubernetesException or HttpRequestException or IOException or TimeoutException;

    /// <summary>Whether it may be over at once: a conflict, an overload, a failure of the server itself, or no answer.</summary>
    public static bool MayBeOverSoon(this Exception exception) => exception is not KubernetesException { Code: not (409 or 429 or >= 500) };

    /// <summary>Why the API server did not do it, also where it did not answer; null when it did.</summary>
    public static async Task<string?> RefusalAsync(Func<Task> call)
    {
        try
        {
            await call();
            return null;
        }
        catch (Exception exception) when (exception.IsApiFailure())
        {
            return exception.Message;
        }
    }
}
