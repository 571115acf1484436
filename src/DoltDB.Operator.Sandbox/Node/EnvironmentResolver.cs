using System.Net;
using System.Text;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Node;

/// <summary>What the environment of a container may refer to.</summary>
internal sealed record EnvironmentSources(
    Pod Pod, IPAddress Address, Func<string, Secret?> Secret, Func<string, ConfigMap?> ConfigMap);

/// <summary>Resolves environment variables as a kubelet does, with its messages. Pure apart from the look-ups it is given.</summary>
internal static class EnvironmentResolver
{
    /// <summary>The variables by name, later ones winning, <c>$(NAME)</c> expanded from earlier ones.</summary>
    /// <exception cref="ContainerStartException">A Secret, ConfigMap or key that is not optional is missing.</exception>
    public static Dictionary<string, string> Resolve(IReadOnlyList<EnvVar>? variables, EnvironmentSources sources)
    {
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var variable in variables ?? [])
        {
            var value = variable.ValueFrom is { } from ? FromReference(from, sources) : Expand(variable.Value ?? "", result);
            if (value is not null)
                result[variable.Name] = value;
        }

        return result;
    }

    /// <summary>The text with <c>$(NAME)</c> replaced; unknown names stay as they are and <c>$$</c> is a dollar.</summary>
    public static string Expand(string text, IReadOnlyDictionary<string, string> variables)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '$' && i + 1 < text.Length && text[i + 1] == '$')
            {
                result.Append('$');
                i++;
            }
            else if (text[i] == '$' && i + 1 < text.Length && text[i + 1] == '(' && text.IndexOf(')', i) is var end && end > 0
                && variables.TryGetValue(text[(i + 2)..end], out var value))
            {
                result.Append(value);
                i = end;
            }
            else
            {
                result.Append(text[i]);
            }
        }

        return result.ToString();
    }

    private static string? FromReference(EnvVarSource from, EnvironmentSources sources)
    {
        if (from.SecretKeyRef is { } secretKey)
        {
            var data = sources.Secret(secretKey.Name ?? "")?.Data;
            return Key(secretKey, "secret", sources.Pod, data, value => Encoding.UTF8.GetString(Convert.FromBase64String(value)));
        }

        if (from.ConfigMapKeyRef is { } configKey)
            return Key(configKey, "configmap", sources.Pod, sources.ConfigMap(configKey.Name ?? "")?.Data, value => value);
        return from.FieldRef is { } field ? Field(field.FieldPath, sources) : null;
    }

    private static string? Key(KeySelector selector, string kind, Pod pod, Dictionary<string, string>? data, Func<string, string> decode)
    {
        if (data is not null && data.TryGetValue(selector.Key, out var value))
            return decode(value);
        if (selector.Optional == true)
            return null;
        var message = data is null
            ? $"{kind} \"{selector.Name}\" not found"
            : $"couldn't find key {selector.Key} in {(kind == "secret" ? "Secret" : "ConfigMap")} {pod.Metadata.Namespace}/{selector.Name}";
        throw new ContainerStartException("CreateContainerConfigError", message);
    }

    private static string? Field(string path, EnvironmentSources sources)
    {
        var metadata = sources.Pod.Metadata;
        return path switch
        {
            "metadata.name" => metadata.Name,
            "metadata.namespace" => metadata.Namespace,
            "metadata.uid" => metadata.Uid,
            "spec.nodeName" => sources.Pod.Spec?.NodeName,
            "spec.serviceAccountName" => sources.Pod.Spec?.ServiceAccountName ?? "default",
            "status.podIP" or "status.podIPs" => sources.Address.ToString(),
            "status.hostIP" => IPAddress.Loopback.ToString(),
            _ when Subscript(path, "metadata.labels") is { } label => metadata.Labels?.GetValueOrDefault(label) ?? "",
            _ when Subscript(path, "metadata.annotations") is { } annotation => metadata.Annotations?.GetValueOrDefault(annotation) ?? "",
            _ => throw new ContainerStartException("CreateContainerConfigError", $"unsupported fieldPath: {path}"),
        };
    }

    private static string? Subscript(string path, string field) =>
        path.StartsWith(field + "['", StringComparison.Ordinal) && path.EndsWith("']", StringComparison.Ordinal)
            ? path[(field.Length + 2)..^2]
            : null;
}
