using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace DoltDB.Operator.Kubernetes.Client.Configuration;

/// <summary>How to start a credential plugin.</summary>
internal sealed record ExecPlugin(
    string Command,
    IReadOnlyList<string> Arguments,
    IReadOnlyDictionary<string, string> Environment,
    string ApiVersion,
    string? InstallHint,
    ExecClusterInfo? Cluster,
    string Where);

/// <summary>
/// Credentials from a plugin (client.authentication.k8s.io): run when first needed, again when they expire or the server refuses them.
/// </summary>
internal sealed class ExecCredentials(ExecPlugin plugin, TimeProvider time) : IClientCredentials, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RenewBefore = TimeSpan.FromSeconds(10);
    private readonly SemaphoreSlim running = new(1, 1);
    private volatile Granted? granted;

    /// <inheritdoc/>
    public X509Certificate2? Certificate => granted?.Certificate;

    /// <inheritdoc/>
    public async ValueTask<string?> GetTokenAsync(CancellationToken cancellationToken)
    {
        if (Current is { } current)
            return current.Token;
        await running.WaitAsync(cancellationToken);
        try
        {
            var fresh = Current ?? Parse(await RunAsync(cancellationToken));
            granted = fresh;
            return fresh.Token;
        }
        finally
        {
            running.Release();
        }
    }

    /// <inheritdoc/>
    public void Invalidate() => granted = null;

    /// <inheritdoc/>
    public void Dispose() => running.Dispose();

    private Granted? Current => granted is { } known && (known.Expires is not { } expires || expires - RenewBefore > time.GetUtcNow()) ? known : null;

    private async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        using var process = Start();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(either.Token);
            var errors = process.StandardError.ReadToEndAsync(either.Token);
            await Task.WhenAll(output, errors, process.WaitForExitAsync(either.Token));
            if (process.ExitCode != 0)
                throw Failed($"{plugin.Command} ended with code {process.ExitCode}: {(await errors).Trim()}");
            return await output;
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Failed($"{plugin.Command} did not answer within {Patience.TotalSeconds} s");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(plugin.Command, plugin.Arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in plugin.Environment)
            start.Environment[name] = value;
        var request = new ExecCredentialRequest(plugin.ApiVersion, "ExecCredential", new ExecCredentialSpec(plugin.Cluster, Interactive: false));
        start.Environment["KUBERNETES_EXEC_INFO"] = JsonSerializer.Serialize(request, ClientJson.Default.ExecCredentialRequest);
        try
        {
            return Process.Start(start) ?? throw Failed($"{plugin.Command} did not start");
        }
        catch (Win32Exception exception)
        {
            throw Failed($"{plugin.Command} could not be started: {exception.Message}" + (plugin.InstallHint is null ? "" : $". {plugin.InstallHint}"), exception);
        }
    }

    private Granted Parse(string output)
    {
        ExecCredentialBody? credential;
        try
        {
            credential = JsonSerializer.Deserialize(output, ClientJson.Default.ExecCredentialBody);
        }
        catch (JsonException exception)
        {
            throw Failed($"{plugin.Command} answered no JSON", exception);
        }

        if (credential is not { Kind: "ExecCredential", Status: { } status })
            throw Failed($"{plugin.Command} answered no ExecCredential with a status");
        if (credential.ApiVersion != plugin.ApiVersion)
            throw Failed($"{plugin.Command} answered {credential.ApiVersion}, expected {plugin.ApiVersion}");
        if (status.Token is null && status.ClientCertificateData is null)
            throw Failed($"{plugin.Command} answered neither status.token nor status.clientCertificateData");
        return new Granted(status.Token, ReadCertificate(status), status.ExpirationTimestamp);
    }

    private X509Certificate2? ReadCertificate(ExecCredentialStatus status)
    {
        if (status.ClientCertificateData is not { } certificate)
            return null;
        if (status.ClientKeyData is not { } key)
            throw Failed($"{plugin.Command} answered status.clientCertificateData without status.clientKeyData");
        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (CryptographicException exception)
        {
            throw Failed($"{plugin.Command} answered a client certificate that cannot be read: {exception.Message}", exception);
        }
    }

    private KubeconfigException Failed(string message, Exception? inner = null) => new($"{plugin.Where}: {message}", inner);

    private sealed record Granted(string? Token, X509Certificate2? Certificate, DateTimeOffset? Expires);
}
