using System.Text;
using DoltDB.Operator.Api.Meta;
using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Node;

/// <summary>Lays out the volumes of pods as directories on this machine: claims persist, everything else lives as long as the pod.</summary>
internal sealed class VolumeDirectories(string root)
{
    /// <summary>The directory of a claim: its data stays when pods come and go.</summary>
    public string OfClaim(NamespacedName claim) => Path.Combine(root, "volumes", claim.Namespace, claim.Name);

    /// <summary>The directory of everything else that belongs to one incarnation of a pod.</summary>
    public string OfPod(Pod pod) => Path.Combine(root, "pods", pod.Metadata.Namespace ?? "", pod.Metadata.Name ?? "", pod.Metadata.Uid ?? "");

    /// <summary>The directory of the termination messages of one incarnation of a pod; no volume can have its name.</summary>
    public string OfTerminations(Pod pod) => Path.Combine(OfPod(pod), ".terminations");

    /// <summary>The mapping of one container's mounts and of its termination message; writes ConfigMaps and Secrets out as files.</summary>
    /// <exception cref="ContainerStartException">A ConfigMap or Secret that is not optional is missing, or a mount names no volume.</exception>
    public PathMapping Mount(Pod pod, Container container, string terminationMessageFile, EnvironmentSources sources)
    {
        var mapping = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [container.TerminationMessagePath ?? TerminationMessages.DefaultPath] = terminationMessageFile,
        };
        foreach (var mount in container.VolumeMounts ?? [])
        {
            var volume = pod.Spec?.Volumes?.FirstOrDefault(candidate => candidate.Name == mount.Name)
                ?? throw new ContainerStartException("CreateContainerConfigError", $"volumeMounts: no volume named {mount.Name}");
            var directory = Materialize(pod, volume, sources);
            mapping[mount.MountPath] = mount.SubPath is { Length: > 0 } sub ? Path.Combine(directory, sub) : directory;
        }

        return new PathMapping(mapping);
    }

    /// <summary>Removes what belonged to one incarnation of a pod.</summary>
    public void RemovePod(Pod pod)
    {
        var directory = OfPod(pod);
        if (Directory.Exists(directory))
            Directory.Delete(directory, recursive: true);
    }

    /// <summary>Removes the data of a deleted claim.</summary>
    public void RemoveClaim(NamespacedName claim)
    {
        var directory = OfClaim(claim);
        if (Directory.Exists(directory))
            Directory.Delete(directory, recursive: true);
    }

    private string Materialize(Pod pod, Volume volume, EnvironmentSources sources)
    {
        var directory = volume.PersistentVolumeClaim is { } claim
            ? OfClaim(new NamespacedName(pod.Metadata.Namespace ?? "", claim.ClaimName))
            : Path.Combine(OfPod(pod), volume.Name);
        Directory.CreateDirectory(directory);
        if (volume.ConfigMap is { } configMap)
            WriteConfigMap(directory, configMap, sources);
        else if (volume.Secret is { } secret)
            WriteSecret(directory, secret, sources);
        return directory;
    }

    private static void WriteConfigMap(string directory, ConfigMapVolumeSource source, EnvironmentSources sources)
    {
        var data = sources.ConfigMap(source.Name ?? "")?.Data;
        if (data is null && source.Optional != true)
            throw new ContainerStartException("ContainerCreating", $"configmap \"{source.Name}\" not found");
        foreach (var (name, text) in data ?? [])
            File.WriteAllText(Path.Combine(directory, Path.GetFileName(name)), text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
    }

    private static void WriteSecret(string directory, SecretVolumeSource source, EnvironmentSources sources)
    {
        var data = sources.Secret(source.SecretName ?? "")?.Data;
        if (data is null && source.Optional != true)
            throw new ContainerStartException("ContainerCreating", $"secret \"{source.SecretName}\" not found");
        foreach (var (name, value) in data ?? [])
        {
            var path = Path.Combine(directory, Path.GetFileName(name));
            File.WriteAllBytes(path, Convert.FromBase64String(value));
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }
}
