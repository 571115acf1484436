using System.Reflection;

namespace DoltDB.Kubectl;

/// <summary>Which build this is.</summary>
internal static class PluginVersion
{
    /// <summary>Version with the commit when the build knew it.</summary>
    public static string Text { get; } =
        typeof(PluginVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>Version alone.</summary>
    public static string Number => Text.Split('+')[0];
}
