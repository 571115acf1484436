using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace DoltDB.Operator.Kubernetes.Tests.Fakes;

/// <summary>An authority and a server on 127.0.0.1 with a certificate of it, which has no objects: it answers 404 to everything.</summary>
internal sealed class SecureServer : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stopping = new();
    private readonly X509Certificate2 authority;
    private readonly X509Certificate2 certificate;
    private readonly Task serving;

    public SecureServer()
    {
        var from = DateTimeOffset.UnixEpoch;
        var until = from.AddYears(500);
        using var key = RSA.Create(2048);
        var root = new CertificateRequest("CN=authority", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        root.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        authority = root.CreateSelfSigned(from, until);
        using var serverKey = RSA.Create(2048);
        var request = new CertificateRequest("CN=server", serverKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(authority, from, until, [1, 2, 3]);
        using var withKey = signed.CopyWithPrivateKey(serverKey);
        certificate = X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
        listener.Start();
        serving = ServeAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>The authority as the file of a service account holds it.</summary>
    public string AuthorityPem => authority.ExportCertificatePem();

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await serving;
        listener.Dispose();
        stopping.Dispose();
        authority.Dispose();
        certificate.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(stopping.Token);
                await AnswerAsync(client);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        try
        {
            await using var stream = new SslStream(client.GetStream());
            await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, stopping.Token);
            if (await stream.ReadAsync(new byte[16 * 1024], stopping.Token) > 0)
                await stream.WriteAsync("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), stopping.Token);
        }
        catch (Exception exception) when (exception is IOException or AuthenticationException)
        {
            // The client does not trust the certificate.
        }
    }
}
