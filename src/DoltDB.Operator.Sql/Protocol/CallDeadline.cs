using System.Net.Sockets;
using System.Security.Authentication;

namespace DoltDB.Operator.Sql.Protocol;

/// <summary>
/// Bounds one call after the other by a deadline and by the caller's token. One source serves every call of a connection,
/// because a source a call would be the largest part of what a probe allocates.
/// </summary>
internal sealed class CallDeadline(string peer, TimeProvider clock) : IDisposable
{
    private CancellationTokenSource _source = new(Timeout.InfiniteTimeSpan, clock);

    private string Peer => peer;

    /// <summary>Begins a call; dispose the result when the call is over.</summary>
    public Call Begin(TimeSpan deadline, CancellationToken cancellationToken)
    {
        if (!_source.TryReset())
        {
            _source.Dispose();
            _source = new(Timeout.InfiniteTimeSpan, clock);
        }

        _source.CancelAfter(deadline > TimeSpan.Zero ? deadline : TimeSpan.Zero);
        return new(this, deadline, cancellationToken);
    }

    public void Dispose() => _source.Dispose();

    /// <summary>One bounded call.</summary>
    internal readonly struct Call : IDisposable
    {
        private readonly CallDeadline _owner;
        private readonly TimeSpan _deadline;
        private readonly CancellationToken _callerToken;
        private readonly CancellationTokenRegistration _registration;

        public Call(CallDeadline owner, TimeSpan deadline, CancellationToken callerToken)
        {
            (_owner, _deadline, _callerToken, Token) = (owner, deadline, callerToken, owner._source.Token);
            _registration = callerToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), owner._source);
        }

        /// <summary>Cancelled at the deadline or by the caller.</summary>
        public CancellationToken Token { get; }

        /// <summary>What the caller is told: a cancellation, a timeout, or that the connection broke. Null leaves the exception as it is.</summary>
        public Exception? Translate(Exception exception)
        {
            if (_callerToken.IsCancellationRequested)
                return new OperationCanceledException("the call was cancelled", exception, _callerToken);
            if (Token.IsCancellationRequested)
                return new TimeoutException($"{_owner.Peer} did not answer within {_deadline.TotalMilliseconds:0} ms", exception);
            return exception is IOException or SocketException or ObjectDisposedException or AuthenticationException
                ? new IOException($"{_owner.Peer}: {exception.Message}", exception)
                : null;
        }

        public void Dispose()
        {
            _registration.Dispose();
            // Disarms the timer; if it fired meanwhile, the next call takes a new source.
            _owner._source.TryReset();
        }
    }
}
