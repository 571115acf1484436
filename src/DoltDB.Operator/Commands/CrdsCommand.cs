using System.CommandLine;

namespace DoltDB.Operator.Commands;

/// <summary><c>doltdb-operator crds</c>: the custom resource definitions of this version, ready for <c>kubectl apply -f -</c>.</summary>
internal static class CrdsCommand
{
    private const string Prefix = "crd/";

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var command = new Command("crds", "Print the custom resource definitions as YAML: doltdb-operator crds | kubectl apply --server-side -f -");
        command.SetAction(async (_, cancellationToken) =>
        {
            foreach (var document in ReadAll())
                await Console.Out.WriteAsync(document.AsMemory(), cancellationToken);
            return 0;
        });
        return command;
    }

    /// <summary>Every definition, each a YAML document that begins with its separator.</summary>
    public static IEnumerable<string> ReadAll()
    {
        var assembly = typeof(CrdsCommand).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var text = reader.ReadToEnd();
            yield return text.StartsWith("---", StringComparison.Ordinal) ? text : "---\n" + text;
        }
    }
}
