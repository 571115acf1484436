using DoltDB.Operator.Core.Clusters;
using DoltDB.Operator.Kubernetes;
using DoltDB.Operator.Kubernetes.Client;
using DoltDB.Operator.Kubernetes.Client.Configuration;
using DoltDB.Operator.Kubernetes.Controllers;
using DoltDB.Operator.Logging;
using DoltDB.Operator.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace DoltDB.Operator.Hosting;

/// <summary><c>doltdb-operator run</c>: the operator as a process of its own.</summary>
internal static class OperatorProcess
{
    private const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Runs until told to stop. The exit code is 0 then, and 1 when the operator cannot start or cannot go on.</summary>
    public static async Task<int> RunAsync(OperatorOptions options, CancellationToken stopping)
    {
        var time = TimeProvider.System;
        using var loggers = LogSetup.Create(options.LogDevMode, options.LogLevel, time);
        var logger = loggers.CreateLogger(typeof(OperatorProcess));
        try
        {
            return await RunAsync(options, time, loggers, stopping) ? 0 : 1;
        }
        catch (Exception exception) when (exception is KubeconfigException or FormatException or IOException)
        {
            Log.CannotStart(logger, exception.Message);
            return 1;
        }
    }

    private static async Task<bool> RunAsync(OperatorOptions options, TimeProvider time, ILoggerFactory loggers, CancellationToken stopping)
    {
        var configuration = KubernetesClientConfiguration.Load(options.Kubeconfig, context: null, ClientEnvironment.OfProcess(), time);
        using var metrics = new KubernetesMetrics();
        using var registry = new MetricRegistry(KubernetesMetrics.MeterName);
        using var otlp = ExportsOtlp() ? Sdk.CreateMeterProviderBuilder().AddMeter(KubernetesMetrics.MeterName).AddOtlpExporter().Build() : null;
        using var client = new KubernetesClient(configuration, new KubernetesClientOptions(), time, metrics, loggers.CreateLogger<KubernetesClient>());
        var services = new ControllerServices(time, new Random(), metrics, loggers);
        await using var runtime = new OperatorRuntime(client, options, configuration.Namespace, services);
        var authorizer = options.MetricsSecure ? new KubernetesMetricsAuthorizer(client, time) : null;
        await using var endpoints = await EndpointServer.StartAsync(options, runtime, registry, authorizer, time, stopping);
        return await runtime.RunAsync(stopping);
    }

    private static bool ExportsOtlp() => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(OtlpEndpoint));
}
