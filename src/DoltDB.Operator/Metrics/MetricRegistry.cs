using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace DoltDB.Operator.Metrics;

/// <summary>
/// Collects what the process's meters measure, for the Prometheus endpoint. Counters and histograms are added up as they are recorded;
/// observable instruments are asked at each scrape, so that a series disappears with the object that it describes.
/// </summary>
internal sealed class MetricRegistry : IDisposable
{
    private static readonly double[] DefaultBuckets =
        [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

    private readonly ConcurrentDictionary<Instrument, InstrumentSeries> instruments = new();
    private readonly MeterListener listener = new();
    private readonly Lock scrape = new();

    /// <summary>Listens to the meters whose names are given.</summary>
    public MetricRegistry(params string[] meters)
    {
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (meters.Contains(instrument.Meter.Name))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        listener.Start();
    }

    /// <summary>All instruments with their series at this moment, ordered by name.</summary>
    public IReadOnlyList<InstrumentSeries> Collect()
    {
        lock (scrape)
        {
            foreach (var series in instruments.Values.Where(series => series.IsObservable))
                series.Clear();
            listener.RecordObservableInstruments();
            return [.. instruments.Values.OrderBy(series => series.Name, StringComparer.Ordinal)];
        }
    }

    /// <inheritdoc/>
    public void Dispose() => listener.Dispose();

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = instruments.GetOrAdd(instrument, static added => InstrumentSeries.For(added, DefaultBuckets));
        series.Record(value, PrometheusText.Labels(tags));
    }
}

/// <summary>How Prometheus treats the values of an instrument.</summary>
internal enum SeriesType
{
    /// <summary>Only grows.</summary>
    Counter,

    /// <summary>Goes up and down.</summary>
    Gauge,

    /// <summary>Counts by buckets.</summary>
    Histogram,
}

/// <summary>The series of one instrument, by their label sets.</summary>
internal sealed class InstrumentSeries
{
    private readonly Dictionary<string, Point> points = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private readonly bool replaces;

    private InstrumentSeries(Instrument instrument, SeriesType type, bool observable, bool replaces, double[] buckets)
    {
        Name = PrometheusText.Name(instrument.Name);
        Description = instrument.Description ?? "";
        Type = type;
        IsObservable = observable;
        Buckets = buckets;
        this.replaces = replaces;
    }

    public string Name { get; }

    public string Description { get; }

    public SeriesType Type { get; }

    public bool IsObservable { get; }

    public IReadOnlyList<double> Buckets { get; }

    public static InstrumentSeries For(Instrument instrument, double[] defaultBuckets)
    {
        var kind = instrument.GetType().Name;
        var observable = instrument.IsObservable;
        if (kind.StartsWith("Histogram", StringComparison.Ordinal))
        {
            var buckets = (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries?.ToArray() ?? defaultBuckets;
            return new InstrumentSeries(instrument, SeriesType.Histogram, observable, replaces: false, buckets);
        }

        var counter = kind.StartsWith("Counter", StringComparison.Ordinal) || kind.StartsWith("ObservableCounter", StringComparison.Ordinal);
        var gauge = kind.StartsWith("Gauge", StringComparison.Ordinal);
        return new InstrumentSeries(instrument, counter ? SeriesType.Counter : SeriesType.Gauge, observable, observable || gauge, []);
    }

    public void Record(double value, string labels)
    {
        lock (gate)
        {
            if (!points.TryGetValue(labels, out var point))
                points[labels] = point = new Point(new long[Buckets.Count]);
            point.Count++;
            point.Sum = replaces ? value : point.Sum + value;
            for (var i = 0; i < Buckets.Count; i++)
            {
                if (value <= Buckets[i])
                    point.BucketCounts[i]++;
            }
        }
    }

    public void Clear()
    {
        lock (gate)
        {
            points.Clear();
        }
    }

    public IReadOnlyList<SeriesValue> Snapshot()
    {
        lock (gate)
        {
            return [.. points.OrderBy(point => point.Key, StringComparer.Ordinal)
                .Select(point => new SeriesValue(point.Key, point.Value.Sum, point.Value.Count, [.. point.Value.BucketCounts]))];
        }
    }

    private sealed class Point(long[] bucketCounts)
    {
        public long[] BucketCounts { get; } = bucketCounts;

        public double Sum { get; set; }

        public long Count { get; set; }
    }
}

/// <summary>One series at one moment; the labels are already in Prometheus syntax, without braces.</summary>
internal sealed record SeriesValue(string Labels, double Sum, long Count, IReadOnlyList<long> BucketCounts);
