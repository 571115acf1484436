using System.Security.Cryptography.X509Certificates;

namespace DoltDB.Operator.Kubernetes.Client.Configuration;

/// <summary>
/// A token that somebody else renews in a file (a projected service account token): read again each minute, and at once when the
/// server refuses it.
/// </summary>
internal sealed class TokenFileCredentials(string path, X509Certificate2? certificate, TimeProvider time) : IClientCredentials
{
    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(1);
    private volatile Reading? reading;

    /// <inheritdoc/>
    public X509Certificate2? Certificate => certificate;

    /// <inheritdoc/>
    public async ValueTask<string?> GetTokenAsync(CancellationToken cancellationToken)
    {
        if (reading is { } known && time.GetElapsedTime(known.At) < Freshness)
            return known.Token;
        var token = (await File.ReadAllTextAsync(path, cancellationToken)).Trim();
        reading = new Reading(token, time.GetTimestamp());
        return token;
    }

    /// <inheritdoc/>
    public void Invalidate() => reading = null;

    private sealed record Reading(string Token, long At);
}
