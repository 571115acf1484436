using System.Text.Json.Nodes;

namespace DoltDB.Operator.Sandbox.ApiServer.Schema;

/// <summary>Defaults of built-in kinds that depend on other fields of the object, by definition name.</summary>
internal static class BuiltInDefaults
{
    private static readonly string[] MutableTags = ["", "latest"];

    /// <summary>The function that completes an object of the definition; null when constants are all it needs.</summary>
    public static Action<JsonObject>? For(string definition) => definition switch
    {
        "io.k8s.api.core.v1.Container" or "io.k8s.api.core.v1.EphemeralContainer" => Container,
        "io.k8s.api.core.v1.ResourceRequirements" => Resources,
        "io.k8s.api.core.v1.Volume" => Volume,
        "io.k8s.api.core.v1.ServicePort" => ServicePort,
        "io.k8s.api.core.v1.ServiceSpec" => Service,
        "io.k8s.api.core.v1.PersistentVolumeClaim" => Claim,
        "io.k8s.api.apps.v1.StatefulSetUpdateStrategy" => StatefulSetStrategy,
        "io.k8s.api.apps.v1.DeploymentStrategy" => DeploymentStrategy,
        "io.k8s.api.apps.v1.DaemonSetUpdateStrategy" => DaemonSetStrategy,
        "io.k8s.api.batch.v1.JobSpec" => Job,
        "io.k8s.api.networking.v1.NetworkPolicySpec" => NetworkPolicy,
        _ => null,
    };

    private static void Container(JsonObject container)
    {
        if (container.ContainsKey("imagePullPolicy")) return;
        var image = container.Text("image") ?? "";
        var name = image[(image.LastIndexOf('/') + 1)..];
        var tag = name.Contains(':') ? name[(name.IndexOf(':') + 1)..] : "";
        container["imagePullPolicy"] = !image.Contains('@') && MutableTags.Contains(tag) ? "Always" : "IfNotPresent";
    }

    private static void Resources(JsonObject resources)
    {
        if (resources["limits"] is not JsonObject limits || limits.Count == 0) return;
        if (resources["requests"] is not JsonObject requests) resources["requests"] = requests = [];
        foreach (var (name, quantity) in limits)
        {
            if (!requests.ContainsKey(name)) requests[name] = quantity?.DeepClone();
        }
    }

    private static void Volume(JsonObject volume)
    {
        if (volume.Count == 1 && volume.ContainsKey("name")) volume["emptyDir"] = new JsonObject();
    }

    private static void ServicePort(JsonObject port)
    {
        if (!port.ContainsKey("targetPort") && port["port"] is { } number) port["targetPort"] = number.DeepClone();
    }

    private static void Service(JsonObject spec)
    {
        var type = spec.Text("type");
        if (type == "ExternalName") return;
        Default(spec, "internalTrafficPolicy", "Cluster");
        if (type is "LoadBalancer" or "NodePort") Default(spec, "externalTrafficPolicy", "Cluster");
        if (type == "LoadBalancer" && !spec.ContainsKey("allocateLoadBalancerNodePorts")) spec["allocateLoadBalancerNodePorts"] = true;
    }

    private static void Claim(JsonObject claim)
    {
        Default(claim, "apiVersion", "v1");
        Default(claim, "kind", "PersistentVolumeClaim");
        if (claim["status"] is JsonObject status) Default(status, "phase", "Pending");
    }

    private static void StatefulSetStrategy(JsonObject strategy)
    {
        Default(strategy, "type", "RollingUpdate");
        if (strategy.Text("type") != "RollingUpdate") return;
        var rolling = Object(strategy, "rollingUpdate");
        if (!rolling.ContainsKey("partition")) rolling["partition"] = 0;
    }

    private static void DeploymentStrategy(JsonObject strategy)
    {
        Default(strategy, "type", "RollingUpdate");
        if (strategy.Text("type") != "RollingUpdate") return;
        var rolling = Object(strategy, "rollingUpdate");
        Default(rolling, "maxUnavailable", "25%");
        Default(rolling, "maxSurge", "25%");
    }

    private static void DaemonSetStrategy(JsonObject strategy)
    {
        Default(strategy, "type", "RollingUpdate");
        if (strategy.Text("type") != "RollingUpdate") return;
        var rolling = Object(strategy, "rollingUpdate");
        if (!rolling.ContainsKey("maxUnavailable")) rolling["maxUnavailable"] = 1;
        if (!rolling.ContainsKey("maxSurge")) rolling["maxSurge"] = 0;
    }

    /// <summary>One completion unless the job is a work queue (a parallelism without completions).</summary>
    private static void Job(JsonObject spec)
    {
        if (!spec.ContainsKey("completions") && !spec.ContainsKey("parallelism")) spec["completions"] = 1;
        if (!spec.ContainsKey("parallelism")) spec["parallelism"] = 1;
    }

    private static void NetworkPolicy(JsonObject spec)
    {
        if (spec["policyTypes"] is JsonArray { Count: > 0 }) return;
        spec["policyTypes"] = spec["egress"] is JsonArray { Count: > 0 } ? new JsonArray("Ingress", "Egress") : new JsonArray("Ingress");
    }

    private static void Default(JsonObject parent, string name, string value)
    {
        if (!parent.ContainsKey(name)) parent[name] = value;
    }

    private static JsonObject Object(JsonObject parent, string name)
    {
        if (parent[name] is not JsonObject child) parent[name] = child = [];
        return child;
    }
}
