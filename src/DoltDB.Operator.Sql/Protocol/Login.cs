namespace DoltDB.Operator.Sql.Protocol;

/// <summary>The conversation between the first packet and the server's consent.</summary>
internal sealed class Login(PacketStream packets, DoltEndpoint endpoint)
{
    private const byte FastLoginSucceeded = 3;
    private const byte FullLoginRequired = 4;
    private const byte PublicKeyRequest = 2;

    /// <summary>Whether the server said anything.</summary>
    public bool IsGreeted { get; private set; }

    /// <summary>Logs in and returns what the server said of itself.</summary>
    /// <exception cref="DoltException">The server refused, or there is no login method that both sides accept.</exception>
    public async Task<HandshakePayload> RunAsync(CancellationToken cancellationToken)
    {
        var greeting = await ReadAsync(cancellationToken);
        IsGreeted = true;
        var handshake = HandshakePayload.Parse(greeting.Span);
        var capabilities = Negotiate(handshake);
        if (endpoint.UseTls)
        {
            await packets.WriteAsync(HandshakeResponsePayload.CreateTlsRequest(capabilities), cancellationToken);
            await packets.UpgradeAsync(stream => TlsUpgrade.AuthenticateAsync(stream, endpoint, cancellationToken));
        }

        // A server may announce a method that we lack and still accept the account by another one, after a switch.
        var plugin = handshake.Plugin is AuthenticationPlugins.CachingSha2 ? handshake.Plugin : AuthenticationPlugins.Native;
        var response = AuthenticationPlugins.Respond(plugin, endpoint.Password, handshake.Challenge);
        await packets.WriteAsync(
            HandshakeResponsePayload.Create(capabilities, endpoint.User, response, endpoint.Database, plugin), cancellationToken);
        await FinishAsync(handshake.Challenge, cancellationToken);
        return handshake;
    }

    private Capabilities Negotiate(HandshakePayload handshake)
    {
        if (!handshake.Capabilities.HasFlag(Capabilities.Protocol41 | Capabilities.SecureConnection))
            throw ProtocolError.Create("the server does not speak protocol 4.1");
        if (endpoint.UseTls && !handshake.Capabilities.HasFlag(Capabilities.Tls))
            throw new DoltException(ClientErrors.Tls, "TLS is required, but the server does not offer it");
        return Capabilities.Session
            | (endpoint.UseTls ? Capabilities.Tls : Capabilities.None)
            | (endpoint.Database is null ? Capabilities.None : Capabilities.ConnectWithDatabase);
    }

    private async Task FinishAsync(byte[] challenge, CancellationToken cancellationToken)
    {
        while (true)
        {
            var payload = await ReadAsync(cancellationToken);
            switch (Marker.Of(payload))
            {
                case Marker.Ok:
                    return;
                case Marker.EndOrSwitch:
                    var change = AuthSwitchPayload.Parse(payload.Span);
                    challenge = change.Challenge;
                    await packets.WriteAsync(
                        AuthenticationPlugins.Respond(change.Plugin, endpoint.Password, challenge), cancellationToken);
                    break;
                case Marker.MoreData:
                    await ContinueCachingSha2Async(payload, challenge, cancellationToken);
                    break;
                case var marker:
                    throw ProtocolError.Create($"0x{marker:X2} during login");
            }
        }
    }

    private async Task ContinueCachingSha2Async(ReadOnlyMemory<byte> payload, byte[] challenge, CancellationToken cancellationToken)
    {
        switch (payload.Span)
        {
            case [_, FastLoginSucceeded]:
                break;
            case [_, FullLoginRequired] when endpoint.UseTls:
                await packets.WriteAsync(AuthenticationPlugins.PlainPassword(endpoint.Password), cancellationToken);
                break;
            case [_, FullLoginRequired] when endpoint.AllowPublicKeyRetrieval:
                await packets.WriteAsync(new[] { PublicKeyRequest }, cancellationToken);
                var key = await ReadAsync(cancellationToken);
                if (Marker.Of(key) != Marker.MoreData)
                    throw ProtocolError.Create("no public key where one was asked for");
                await packets.WriteAsync(AuthenticationPlugins.EncryptPassword(endpoint.Password, challenge, key.Span[1..]), cancellationToken);
                break;
            case [_, FullLoginRequired]:
                throw new DoltException(
                    ClientErrors.PluginRefused, $"{AuthenticationPlugins.CachingSha2} needs the password itself for this login, which is sent over TLS only");
            default:
                throw ProtocolError.Create("an unknown step of the login");
        }
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        var payload = await packets.ReadAsync(cancellationToken);
        return Marker.Of(payload) == Marker.Error ? throw ErrorPayload.Parse(payload.Span).ToException("") : payload;
    }
}
