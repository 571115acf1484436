using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using DoltDB.Operator.Sandbox.SimulatedDolt.Accounts;
using DoltDB.Operator.Sandbox.SimulatedDolt.Engine;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Wire;

/// <summary>What a client said when it logged in.</summary>
internal sealed record Login(Capabilities Capabilities, string User, byte[] Answer, string? Database, string? Plugin);

/// <summary>Greeting, TLS and authentication of one connection.</summary>
internal sealed class Handshake(DoltEngine engine, Session session, X509Certificate2? certificate)
{
    private const int ScrambleBytes = 20;
    private const int SslRequestBytes = 32;

    private readonly byte[] _scramble = CreateScramble();

    /// <summary>The stream after the handshake: wrapped when the client asked for TLS. Null when the client left.</summary>
    /// <exception cref="SqlError">The login is refused.</exception>
    public async Task<(Stream Stream, PacketStream Packets, Login Login)?> RunAsync(Stream stream, CancellationToken cancellationToken)
    {
        var packets = new PacketStream(stream);
        packets.Write(Greeting());
        await packets.FlushAsync(cancellationToken);
        if (await packets.ReadAsync(cancellationToken) is not { } answer) return null;
        var isSecure = false;
        if (answer.Length == SslRequestBytes && certificate is not null)
        {
            var secured = new SslStream(stream);
            await secured.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, cancellationToken);
            (stream, isSecure) = (secured, true);
            packets = packets.Over(secured);
            if (await packets.ReadAsync(cancellationToken) is not { } again) return null;
            answer = again;
        }

        var login = Parse(answer);
        try
        {
            if (!isSecure && engine.Config.RequireSecureTransport) throw new SqlError(1045, $"Access denied for user '{login.User}'");
            var account = engine.Accounts.FindForLogin(login.User, session.ClientHost) ?? throw Denied(login);
            if (!await IsProvenAsync(packets, account, login, isSecure, cancellationToken)) throw Denied(login);
            if (account.SslType.Length > 0 && !isSecure) throw Denied(login);
            session.Account = account.Name;
            session.User = login.User;
            return (stream, packets, login);
        }
        catch (SqlError error)
        {
            new Responses(packets, session).Error(error);
            await packets.FlushAsync(cancellationToken);
            return null;
        }
    }

    private static SqlError Denied(Login login) => new(1045, $"Access denied for user '{login.User}'");

    /// <summary>Whether the client knows the password. caching_sha2_password works over TLS only, as in Dolt.</summary>
    private async Task<bool> IsProvenAsync(PacketStream packets, Account account, Login login, bool isSecure, CancellationToken cancellationToken)
    {
        if (account.Plugin == Account.NativePlugin)
        {
            var answer = login.Plugin is null or Account.NativePlugin ? login.Answer : await SwitchAsync(packets, Account.NativePlugin, cancellationToken);
            return answer is not null && NativePassword.Verify(account.AuthenticationString, _scramble, answer);
        }

        if (!isSecure) return false;
        if (await SwitchAsync(packets, Account.CachingSha2Plugin, cancellationToken) is null) return false;
        packets.Write([0x01, 0x04]);
        await packets.FlushAsync(cancellationToken);
        var password = await packets.ReadAsync(cancellationToken);
        return password is not null && NativePassword.Hash(Encoding.UTF8.GetString(password.AsSpan().TrimEnd((byte)0))) == account.AuthenticationString;
    }

    private async Task<byte[]?> SwitchAsync(PacketStream packets, string plugin, CancellationToken cancellationToken)
    {
        packets.Write(new PayloadWriter().Byte(0xfe).NullTerminated(plugin).Bytes(_scramble).Byte(0).Written);
        await packets.FlushAsync(cancellationToken);
        return await packets.ReadAsync(cancellationToken);
    }

    private ReadOnlySpan<byte> Greeting()
    {
        var offered = (uint)(Capabilities.Offered | (certificate is null ? Capabilities.None : Capabilities.Ssl));
        return new PayloadWriter()
            .Byte(10).NullTerminated(SystemVariables.ServerVersion).UInt32(session.Id)
            .Bytes(_scramble.AsSpan(0, 8)).Byte(0)
            .UInt16((int)(offered & 0xffff)).Byte(45).UInt16(2).UInt16((int)(offered >> 16))
            .Byte(ScrambleBytes + 1).Bytes(new byte[10])
            .Bytes(_scramble.AsSpan(8)).Byte(0)
            .NullTerminated(Account.NativePlugin)
            .Written;
    }

    private static Login Parse(byte[] payload)
    {
        var reader = new PayloadReader(payload);
        var capabilities = (Capabilities)reader.ReadUInt32();
        reader.ReadBytes(4 + 1 + 23);
        var user = reader.ReadNullTerminated();
        var answer = capabilities.HasFlag(Capabilities.LengthEncodedAuthentication) ? reader.ReadLengthEncoded().ToArray() : reader.ReadBytes(reader.ReadByte()).ToArray();
        var database = capabilities.HasFlag(Capabilities.ConnectWithDatabase) && !reader.IsAtEnd ? reader.ReadNullTerminated() : null;
        var plugin = capabilities.HasFlag(Capabilities.PluginAuthentication) && !reader.IsAtEnd ? reader.ReadNullTerminated() : null;
        return new Login(capabilities, user, answer, string.IsNullOrEmpty(database) ? null : database, plugin);
    }

    /// <summary>Random bytes without zero, which would end the text early for some clients.</summary>
    private static byte[] CreateScramble()
    {
        var scramble = RandomNumberGenerator.GetBytes(ScrambleBytes);
        for (var i = 0; i < scramble.Length; i++) scramble[i] = (byte)((scramble[i] % 126) + 1);
        return scramble;
    }
}
