using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace DoltDB.Operator.CrdGenerator;

/// <summary>The summaries that the compiler collected from an assembly's documentation comments.</summary>
internal sealed partial class XmlDocumentation
{
    private readonly Dictionary<string, string> summaries;

    private XmlDocumentation(Dictionary<string, string> summaries) => this.summaries = summaries;

    /// <summary>Reads the documentation file that lies beside the assembly.</summary>
    /// <exception cref="FileNotFoundException">The assembly was built without documentation.</exception>
    public static XmlDocumentation Of(Assembly assembly)
    {
        var members = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member");
        return new XmlDocumentation(members.ToDictionary(
            member => member.Attribute("name")!.Value,
            member => member.Element("summary") is { } summary ? Text(summary) : ""));
    }

    /// <summary>What a type is.</summary>
    public string Summary(Type type) => Find("T:" + type.FullName);

    /// <summary>What a property means.</summary>
    public string Summary(PropertyInfo property) => Find($"P:{property.DeclaringType!.FullName}.{property.Name}");

    private string Find(string member) => summaries.TryGetValue(member, out var text) && text.Length > 0
        ? text
        : throw new InvalidOperationException($"{member} has no documentation comment");

    private static string Text(XElement summary)
    {
        foreach (var reference in summary.Elements("see").ToList())
            reference.ReplaceWith(reference.Attribute("cref")?.Value.Split('.')[^1] ?? reference.Attribute("langword")?.Value ?? "");
        return WhiteSpace().Replace(summary.Value, " ").Trim();
    }

    [GeneratedRegex(@"\s+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex WhiteSpace();
}
