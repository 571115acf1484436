using System.Net;
using System.Security.Cryptography.X509Certificates;
using DoltDB.Operator.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace DoltDB.Operator.Hosting;

/// <summary>What the probes answer: the process's own view of itself.</summary>
internal interface IHealth
{
    /// <summary>Null while every background loop lives, else what died.</summary>
    string? Dead { get; }

    /// <summary>Null when the caches are synced and the process leads or stands by, else what it waits for.</summary>
    string? NotReady { get; }
}

/// <summary>
/// Serves <c>/healthz</c>, <c>/livez</c> and <c>/readyz</c> on one address and <c>/metrics</c> on another, in one web server.
/// </summary>
internal sealed class EndpointServer : IAsyncDisposable
{
    // Marks the connections that came in at the metrics address.
    private static readonly object MetricsConnection = new();

    private readonly WebApplication app;

    private EndpointServer(WebApplication app) => this.app = app;

    /// <summary>Where the server listens, with the ports that the system chose for port 0.</summary>
    public IReadOnlyCollection<string> Addresses => [.. app.Urls];

    /// <summary>Starts to listen; null when both addresses are switched off.</summary>
    public static async Task<EndpointServer?> StartAsync(
        OperatorOptions options, IHealth health, MetricRegistry metrics, IMetricsAuthorizer? authorizer, TimeProvider time, CancellationToken cancellationToken)
    {
        var healthAddress = BindAddress.Parse(options.HealthProbeBindAddress, "--health-probe-bind-address");
        var metricsAddress = BindAddress.Parse(options.MetricsBindAddress, "--metrics-bind-address");
        if (healthAddress is null && metricsAddress is null)
            return null;

        // Empty: the other builders read appsettings.json and environment variables, and watch all files below the current directory,
        // which in the image is the root of the file system.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            if (healthAddress is not null)
                Listen(kestrel, healthAddress, static _ => { });
            if (metricsAddress is not null)
                Listen(kestrel, metricsAddress, listen => ConfigureMetrics(listen, options, time));
        });
        var app = builder.Build();
        app.Run(context => AnswerAsync(context, healthAddress is not null, health, metrics, authorizer));
        await app.StartAsync(cancellationToken);
        return new EndpointServer(app);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
    }

    /// <summary>Every address of the pod means those of both families, as in Go programs, and IPv4 alone on nodes that have no IPv6.</summary>
    private static void Listen(KestrelServerOptions kestrel, IPEndPoint address, Action<ListenOptions> configure)
    {
        if (address.Address.Equals(IPAddress.IPv6Any))
            kestrel.ListenAnyIP(address.Port, configure);
        else
            kestrel.Listen(address, configure);
    }

    private static void ConfigureMetrics(ListenOptions listen, OperatorOptions options, TimeProvider time)
    {
        listen.Use(next => connection =>
        {
            connection.Items[MetricsConnection] = true;
            return next(connection);
        });
        listen.Protocols = options.EnableHttp2 ? HttpProtocols.Http1AndHttp2 : HttpProtocols.Http1;
        if (options.MetricsSecure)
            listen.UseHttps(SelfSignedCertificate.Create("doltdb-operator", time));
    }

    private static async Task AnswerAsync(
        HttpContext context, bool hasHealthAddress, IHealth health, MetricRegistry metrics, IMetricsAuthorizer? authorizer)
    {
        var onMetrics = context.Features.Get<IConnectionItemsFeature>()?.Items.ContainsKey(MetricsConnection) == true;
        var onHealth = !onMetrics || !hasHealthAddress;
        switch (context.Request.Path.Value)
        {
            case "/healthz" or "/livez" when onHealth:
                await WriteHealthAsync(context, health.Dead);
                break;
            case "/readyz" when onHealth:
                await WriteHealthAsync(context, health.Dead ?? health.NotReady);
                break;
            case "/metrics" when onMetrics:
                await WriteMetricsAsync(context, metrics, authorizer);
                break;
            default:
                context.Response.StatusCode = (int)HttpStatusCode.NotFound;
                break;
        }
    }

    private static Task WriteHealthAsync(HttpContext context, string? problem)
    {
        context.Response.StatusCode = problem is null ? 200 : 503;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(problem is null ? "ok" : problem + "\n", context.RequestAborted);
    }

    private static async Task WriteMetricsAsync(HttpContext context, MetricRegistry metrics, IMetricsAuthorizer? authorizer)
    {
        if (authorizer is not null)
        {
            var verdict = await authorizer.AuthorizeAsync(BearerToken(context.Request), context.RequestAborted);
            if (verdict != MetricsAccess.Allowed)
            {
                context.Response.StatusCode = verdict == MetricsAccess.Unauthenticated ? 401 : 403;
                return;
            }
        }

        context.Response.ContentType = PrometheusText.ContentType;
        await context.Response.WriteAsync(PrometheusText.Render(metrics.Collect()), context.RequestAborted);
    }

    private static string? BearerToken(HttpRequest request)
    {
        const string scheme = "Bearer ";
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? header[scheme.Length..].Trim() : null;
    }
}
