namespace DoltDB.Kubectl.Sql;

/// <summary>Finds programs of the user.</summary>
internal static class Programs
{
    /// <summary>Path of the program in the first folder of PATH that has it; null when none has.</summary>
    public static string? Find(PluginContext context, string program)
    {
        var file = OperatingSystem.IsWindows() ? program + ".exe" : program;
        return context.Variable("PATH")?
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, file))
            .FirstOrDefault(File.Exists);
    }
}
