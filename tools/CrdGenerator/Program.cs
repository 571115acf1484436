using DoltDB.Operator.CrdGenerator;

if (args is not [var root] || !Directory.Exists(root))
{
    await Console.Error.WriteLineAsync("usage: CrdGenerator <root of the repository>");
    return 2;
}

foreach (var (path, content) in GeneratedFiles.All())
{
    var file = Path.Combine(root, path);
    Directory.CreateDirectory(Path.GetDirectoryName(file)!);
    await File.WriteAllTextAsync(file, content);
    Console.WriteLine($"{path}: {content.Length} characters");
}

return 0;
