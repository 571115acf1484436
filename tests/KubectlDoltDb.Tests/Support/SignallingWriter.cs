namespace DoltDB.Kubectl.Tests.Support;

/// <summary>Output that tells when an awaited line was printed.</summary>
internal sealed class SignallingWriter(Predicate<string> awaited, Action signal) : StringWriter
{
    /// <inheritdoc/>
    public override async Task WriteLineAsync(ReadOnlyMemory<char> buffer, CancellationToken cancellationToken = default)
    {
        await base.WriteLineAsync(buffer, cancellationToken);
        if (awaited(buffer.ToString()))
            signal();
    }
}
