using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using DoltDB.Operator.Hosting;
using DoltDB.Operator.Metrics;

namespace DoltDB.Operator.Tests;

public sealed class EndpointServerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Probes_answer_what_the_process_thinks_of_itself()
    {
        var health = new Health { NotReady = "waiting for the first list of pods" };
        await using var server = await StartAsync(new OperatorOptions { HealthProbeBindAddress = "127.0.0.1:0" }, health, null);
        using var http = new HttpClient { BaseAddress = new Uri(server.Addresses.Single()) };

        (await http.GetAsync("/healthz", Token)).StatusCode.ShouldBe(HttpStatusCode.OK);
        var notReady = await http.GetAsync("/readyz", Token);
        notReady.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await notReady.Content.ReadAsStringAsync(Token)).ShouldContain("pods");
        health.NotReady = null;
        (await http.GetAsync("/readyz", Token)).StatusCode.ShouldBe(HttpStatusCode.OK);
        health.Dead = "cache pods: ended";
        (await http.GetAsync("/livez", Token)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await http.GetAsync("/other", Token)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData(MetricsAccess.Allowed, HttpStatusCode.OK)]
    [InlineData(MetricsAccess.Unauthenticated, HttpStatusCode.Unauthorized)]
    [InlineData(MetricsAccess.Forbidden, HttpStatusCode.Forbidden)]
    public async Task Metrics_are_for_those_who_may_read_them(object access, HttpStatusCode expected)
    {
        var options = new OperatorOptions { HealthProbeBindAddress = "0", MetricsBindAddress = "127.0.0.1:0", MetricsSecure = false };
        await using var server = await StartAsync(options, new Health(), new Verdict((MetricsAccess)access));
        using var http = new HttpClient { BaseAddress = new Uri(server.Addresses.Single()) };
        (await http.GetAsync("/metrics", Token)).StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task An_address_without_a_host_is_served_over_IPv4_and_IPv6()
    {
        await using var server = await StartAsync(new OperatorOptions { HealthProbeBindAddress = ":0", MetricsBindAddress = "0" }, new Health(), null);
        var port = new Uri(server.Addresses.Single().Replace("[::]", "localhost", StringComparison.Ordinal)).Port;
        using var http = new HttpClient();

        var hosts = Socket.OSSupportsIPv6 ? ["127.0.0.1", "[::1]"] : new[] { "127.0.0.1" };
        foreach (var host in hosts)
            (await http.GetAsync($"http://{host}:{port}/healthz", Token)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Secure_metrics_are_served_over_TLS()
    {
        var options = new OperatorOptions { HealthProbeBindAddress = "0", MetricsBindAddress = "127.0.0.1:0", MetricsSecure = true };
        await using var server = await StartAsync(options, new Health(), null);
#pragma warning disable MA0039 // The certificate is signed by itself.
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = HttpClientHandler.DangerousAcceptAnyServerCertificateValidator };
#pragma warning restore MA0039
        using var http = new HttpClient(handler) { BaseAddress = new Uri(server.Addresses.Single()) };

        http.BaseAddress.Scheme.ShouldBe("https");
        (await http.GetAsync("/metrics", Token)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Nothing_around_the_process_opens_another_address()
    {
        const string variable = "Kestrel__Endpoints__Other__Url";
        Environment.SetEnvironmentVariable(variable, "http://127.0.0.1:0");
        try
        {
            await using var server = await StartAsync(new OperatorOptions { HealthProbeBindAddress = "127.0.0.1:0", MetricsBindAddress = "0" }, new Health(), null);

            server.Addresses.Count.ShouldBe(1);
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, null);
        }
    }

    [Fact]
    public void Instruments_are_rendered_as_Prometheus_text()
    {
        using var meter = new Meter("test.meter");
        using var registry = new MetricRegistry("test.meter");
        meter.CreateCounter<long>("passes_total", null, "Passes.").Add(2, new KeyValuePair<string, object?>("result", "a \"b\"\n"));
        meter.CreateHistogram<double>("pass_seconds").Record(0.2);
        var text = PrometheusText.Render(registry.Collect());
        text.ShouldContain("# HELP passes_total Passes.\n# TYPE passes_total counter\npasses_total{result=\"a \\\"b\\\"\\n\"} 2\n");
        text.ShouldContain("pass_seconds_bucket{le=\"+Inf\"} 1");
        text.ShouldContain("pass_seconds_count 1");
    }

    private static async Task<EndpointServer> StartAsync(OperatorOptions options, IHealth health, IMetricsAuthorizer? authorizer)
    {
        using var registry = new MetricRegistry("nothing");
        return (await EndpointServer.StartAsync(options, health, registry, authorizer, TimeProvider.System, Token))!;
    }

    private sealed class Health : IHealth
    {
        public string? Dead { get; set; }

        public string? NotReady { get; set; }
    }

    private sealed class Verdict(MetricsAccess access) : IMetricsAuthorizer
    {
        public Task<MetricsAccess> AuthorizeAsync(string? token, CancellationToken cancellationToken) => Task.FromResult(access);
    }
}
