namespace DoltDB.Operator.Sql;

/// <content>What is kept of each server and account.</content>
public sealed partial class DoltConnections
{
    internal readonly record struct Key(string Host, int Port, string User)
    {
        /// <summary>
        /// Between three quarters and one, the same in every process: connections that were opened together are not replaced together.
        /// </summary>
        public double Share()
        {
            var hash = 2166136261u;
            foreach (var letter in Host)
                hash = (hash ^ letter) * 16777619;
            return 0.75 + (0.25 * ((hash ^ (uint)Port) * 16777619 / (double)uint.MaxValue));
        }
    }

    internal sealed class Slot(Key key)
    {
        public Key Key => key;

        public bool IsDetached { get; set; }

        public SemaphoreSlim Turn { get; } = new(1, 1);

        public IDoltServer? Server { get; set; }

        public DoltEndpoint? Endpoint { get; set; }

        /// <summary>What left the pool and came back while there was no connection here.</summary>
        public Slot? Spare { get; set; }

        /// <summary>Whether the server let nobody in when that was last tried.</summary>
        public bool LetsNobodyIn { get; set; }

        /// <summary>When the connection was opened.</summary>
        public long Opened { get; set; }

        public required TimeSpan MaximumAge { get; init; }

        public int Users { get; set; }

        public long LastUsed { get; set; }

        public async ValueTask CloseServerAsync()
        {
            var server = Server;
            Server = null;
            if (server is not null)
                await server.DisposeAsync();
        }

        public async ValueTask CloseAsync()
        {
            var spare = Spare;
            Spare = null;
            await CloseServerAsync();
            if (spare is not null)
                await spare.CloseServerAsync();
        }
    }
}
