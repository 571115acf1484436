using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Schema;

namespace DoltDB.Operator.Sandbox.ApiServer.Admission;

/// <summary>What the API server does to Services.</summary>
internal static class ServiceRules
{
    public static readonly KindRules Rules = new()
    {
        CreatesOnUpdate = true,
        Names = NameRule.ServiceLabel,
        PrepareForCreate = PrepareForCreate,
        PrepareForUpdate = PrepareForUpdate,
        Validate = Validate,
    };

    private static void PrepareForCreate(JsonObject service, AdmissionScope scope)
    {
        service["status"] = new JsonObject { ["loadBalancer"] = new JsonObject() };
        Complete(service.Child("spec"), scope);
    }

    private static void PrepareForUpdate(JsonObject service, JsonObject old, AdmissionScope scope)
    {
        var spec = service.Child("spec");
        // What a client leaves out stays allocated.
        foreach (var name in new[] { "clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy" })
        {
            if (spec[name] is null || spec.Text(name) == "")
            {
                if (old["spec"]?[name] is { } kept && spec.Text("type") != "ExternalName")
                    spec[name] = kept.DeepClone();
            }
        }

        KeepNodePorts(spec, old["spec"] as JsonObject);
        Complete(spec, scope);
    }

    private static void KeepNodePorts(JsonObject spec, JsonObject? old)
    {
        if (spec.Text("type") is not ("NodePort" or "LoadBalancer"))
            return;
        var known = old.Objects("ports").Where(port => port["nodePort"] is not null).ToDictionary(port => port["port"]!.ToJsonString());
        foreach (var port in spec.Objects("ports"))
        {
            if (port["nodePort"] is null && known.TryGetValue(port["port"]?.ToJsonString() ?? "", out var before))
                port["nodePort"] = before["nodePort"]!.DeepClone();
        }
    }

    private static void Complete(JsonObject spec, AdmissionScope scope)
    {
        if (spec.Text("type") == "ExternalName")
            return;
        if (spec.Text("clusterIP") is null or "")
            spec["clusterIP"] = spec["clusterIPs"] is JsonArray { Count: > 0 } given ? given[0]!.DeepClone() : scope.Addresses.TakeAddress();
        spec.SetDefault("clusterIPs", () => new JsonArray(spec["clusterIP"]!.DeepClone()));
        spec.SetDefault("ipFamilies", () => new JsonArray("IPv4"));
        spec.SetDefault("ipFamilyPolicy", () => "SingleStack");
        if (spec.Text("type") is "NodePort" or "LoadBalancer")
        {
            foreach (var port in spec.Objects("ports"))
                port.SetDefault("nodePort", () => scope.Addresses.TakeNodePort());
        }
    }

    private static IEnumerable<FieldProblem> Validate(JsonObject service, JsonObject? old, AdmissionScope scope)
    {
        var spec = service["spec"] as JsonObject ?? [];
        var ports = spec.Objects("ports").ToList();
        if (ports.Count == 0 && spec.Text("clusterIP") != "None" && spec.Text("type") != "ExternalName")
            yield return FieldProblem.Required("spec.ports");
        for (var i = 0; i < ports.Count; i++)
        {
            if (ports.Count > 1 && string.IsNullOrEmpty(ports[i].Text("name")))
                yield return FieldProblem.Required($"spec.ports[{i}].name");
            if (ports[i].Number("port") is not (>= 1 and <= 65535))
                yield return FieldProblem.Invalid($"spec.ports[{i}].port", ports[i]["port"], "must be between 1 and 65535, inclusive");
        }

        if (old?["spec"] is not JsonObject before || before.Text("type") == "ExternalName" || spec.Text("type") == "ExternalName")
            yield break;
        if (!string.IsNullOrEmpty(before.Text("clusterIP")) && before.Text("clusterIP") != spec.Text("clusterIP"))
            yield return FieldProblem.Invalid("spec.clusterIPs[0]", spec["clusterIPs"], "may not change once set");
    }
}
