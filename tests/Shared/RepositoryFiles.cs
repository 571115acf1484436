namespace DoltDB.Operator.Testing;

/// <summary>Files of the repository that the tests were built from.</summary>
public static class RepositoryFiles
{
    private const string Marker = "DoltDB.Operator.slnx";

    /// <summary>The repository's root folder.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The text of a file.</summary>
    /// <param name="path">Path from the root.</param>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>Paths from the root of the files in a folder, sorted.</summary>
    public static IReadOnlyList<string> In(string folder, string pattern = "*") =>
        [.. Directory.GetFiles(Path.Combine(Root, folder), pattern)
            .Select(file => Path.GetRelativePath(Root, file))
            .Order(StringComparer.Ordinal)];

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Marker)))
                return folder.FullName;
        }

        throw new InvalidOperationException($"no {Marker} above {AppContext.BaseDirectory}");
    }
}
