using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DoltDB.Operator.Kubernetes.Client.Configuration;

/// <summary>Connections to an API server that notice when the other side has vanished.</summary>
internal static class HttpHandlers
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private static readonly TimeSpan PingAfter = TimeSpan.FromSeconds(15);

    /// <summary>The handler for the server that the configuration names.</summary>
    public static SocketsHttpHandler Create(KubernetesClientConfiguration configuration, KubernetesClientOptions options) => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectTimeout = options.ConnectTimeout,
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
        EnableMultipleHttp2Connections = true,
        KeepAlivePingDelay = PingAfter,
        KeepAlivePingTimeout = PingAfter,
        KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
        ConnectCallback = ConnectAsync,
        SslOptions = CreateTls(configuration),
    };

    /// <summary>HTTP/1.1 has no pings: let TCP ask whether the server is still there.</summary>
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, (int)PingAfter.TotalSeconds);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
            socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static SslClientAuthenticationOptions CreateTls(KubernetesClientConfiguration configuration)
    {
        var tls = new SslClientAuthenticationOptions
        {
            TargetHost = configuration.TlsServerName,
            LocalCertificateSelectionCallback = (_, _, _, _, _) => configuration.Credentials.Certificate!,
        };
        if (configuration.SkipTlsVerify)
        {
#pragma warning disable CA5359, MA0039 // The user asked for it: insecure-skip-tls-verify.
            tls.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359, MA0039
        }
        else if (configuration.CertificateAuthorities is { Count: > 0 } authorities)
        {
            tls.CertificateChainPolicy = LeadingTo(authorities);
            if (configuration.CertificateAuthorityFile is { } file)
            {
                tls.RemoteCertificateValidationCallback = (_, certificate, chain, errors) => errors == SslPolicyErrors.None
                    || (errors == SslPolicyErrors.RemoteCertificateChainErrors && certificate is X509Certificate2 presented && LeadsToRenewed(file, presented, chain));
            }
        }

        return tls;
    }

    private static X509ChainPolicy LeadingTo(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
        return policy;
    }

    /// <summary>The cluster may have got another authority since the start. The name that the certificate is for has been checked already.</summary>
    private static bool LeadsToRenewed(string file, X509Certificate2 presented, X509Chain? refused)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception exception) when (exception is IOException or CryptographicException or UnauthorizedAccessException)
        {
            return false;
        }

        using var chain = new X509Chain { ChainPolicy = LeadingTo(authorities) };
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        if (refused is not null)
            chain.ChainPolicy.ExtraStore.AddRange(refused.ChainPolicy.ExtraStore);
        return chain.Build(presented);
    }
}
