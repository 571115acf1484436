using System.Security.Cryptography;
using System.Text;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Apply;

namespace DoltDB.Operator.Core.Clusters.Resources;

/// <summary>
/// Labels and annotations of a DoltDB that its children have too: what its user says of it. What other tools keep on the DoltDB (who applied it,
/// which release it belongs to) would make them take the children for theirs, and what asks the operator for something is said to it alone.
/// </summary>
internal sealed record InheritedMetadata
{
    private static readonly string[] OfTools = ["kubernetes.io", "k8s.io", "argoproj.io", "helm.sh", "fluxcd.io", "cattle.io", "k14s.io", "openshift.io"];

    /// <summary>Recommended labels that name what the DoltDB is a part of, and not who made it.</summary>
    private static readonly string[] OfUsers = ["app.kubernetes.io/part-of", "app.kubernetes.io/component"];

    private static readonly string[] OfOperator =
    [
        ClusterLabels.Role, ClusterLabels.ClaimRole, ClusterLabels.ClusterAnnotation, ClusterLabels.ReplicationAnnotation, ClusterLabels.ConfigHashAnnotation, ClusterLabels.DynamicHashAnnotation,
        ClusterLabels.TemplateHashAnnotation, ClusterLabels.AdoptedTemplateHashAnnotation, ClusterLabels.SwitchoverAnnotation, ClusterLabels.RestartedAtAnnotation,
        ClusterLabels.InheritedHashAnnotation, Applier.StampAnnotation, "k8s.dolthub.com/deletion-protection",
    ];

    private InheritedMetadata(IReadOnlyDictionary<string, string> labels, IReadOnlyDictionary<string, string> annotations)
    {
        Labels = labels;
        Annotations = annotations;
        Hash = labels.Count + annotations.Count == 0 ? null : HashOf(labels, annotations);
    }

    /// <summary>Labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; }

    /// <summary>Annotations.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; }

    /// <summary>Identity of all of it; null when there is nothing.</summary>
    public string? Hash { get; }

    /// <summary>What the children of an object with that metadata have.</summary>
    public static InheritedMetadata Of(ObjectMeta owner) => new(Chosen(owner.Labels), Chosen(owner.Annotations));

    /// <summary>Own entries of a child, which win, and the inherited ones.</summary>
    public static Dictionary<string, string> Add(IReadOnlyDictionary<string, string> inherited, IReadOnlyDictionary<string, string>? own)
    {
        var all = new Dictionary<string, string>(inherited, StringComparer.Ordinal);
        foreach (var (key, value) in own ?? new Dictionary<string, string>())
            all[key] = value;
        return all;
    }

    /// <summary>Without what a child has of its own.</summary>
    public InheritedMetadata Beside(ObjectMeta? own) => new(Except(Labels, own?.Labels), Except(Annotations, own?.Annotations));

    /// <summary>Whether an object that is not applied as a whole, a pod or a claim, already has all of it and nothing from before.</summary>
    public bool IsOn(ObjectMeta child) =>
        child.Annotations?.GetValueOrDefault(ClusterLabels.InheritedHashAnnotation) == Hash
        && Labels.All(pair => child.Labels?.GetValueOrDefault(pair.Key) == pair.Value)
        && Annotations.All(pair => child.Annotations?.GetValueOrDefault(pair.Key) == pair.Value);

    private static SortedDictionary<string, string> Chosen(Dictionary<string, string>? given) =>
        new((given ?? []).Where(pair => IsUsers(pair.Key)).ToDictionary(), StringComparer.Ordinal);

    private static SortedDictionary<string, string> Except(IReadOnlyDictionary<string, string> inherited, Dictionary<string, string>? own) =>
        new(inherited.Where(pair => own?.ContainsKey(pair.Key) != true).ToDictionary(), StringComparer.Ordinal);

    private static bool IsUsers(string key)
    {
        if (OfOperator.Contains(key, StringComparer.Ordinal))
            return false;
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        var domain = slash < 0 ? "" : key[..slash];
        return OfUsers.Contains(key, StringComparer.Ordinal)
            || !OfTools.Any(tool => domain == tool || (domain.EndsWith(tool, StringComparison.Ordinal) && domain[^(tool.Length + 1)] == '.'));
    }

    private static string HashOf(IReadOnlyDictionary<string, string> labels, IReadOnlyDictionary<string, string> annotations)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in labels)
            text.Append(key).Append('=').Append(value).Append('\n');
        text.Append('\0');
        foreach (var (key, value) in annotations)
            text.Append(key).Append('=').Append(value).Append('\n');
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..16];
    }
}
