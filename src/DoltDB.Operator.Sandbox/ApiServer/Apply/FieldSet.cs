using System.Text;
using System.Text.Json.Nodes;

namespace DoltDB.Operator.Sandbox.ApiServer.Apply;

/// <summary>
/// A set of field paths, as a tree. Edges are named as in <c>fieldsV1</c>: <c>f:NAME</c>, <c>k:{"name":"a"}</c>, <c>v:"x"</c>; a node may itself
/// be a member (<c>.</c>).
/// </summary>
internal sealed class FieldSet
{
    private static readonly IReadOnlyDictionary<string, FieldSet> NoChildren = new Dictionary<string, FieldSet>(0);

    private Dictionary<string, FieldSet>? children;

    public bool IsMember { get; set; }

    public IReadOnlyDictionary<string, FieldSet> Children => children ?? NoChildren;

    public bool IsEmpty => !IsMember && children is not { Count: > 0 };

    public static FieldSet Leaf() => new() { IsMember = true };

    public FieldSet? Find(string key) => children?.GetValueOrDefault(key);

    /// <summary>Adds a subtree; an empty one is left out.</summary>
    public void Add(string key, FieldSet? child)
    {
        if (child is null || child.IsEmpty) return;
        (children ??= new Dictionary<string, FieldSet>(StringComparer.Ordinal))[key] = child;
    }

    public void Remove(string key) => children?.Remove(key);

    public static FieldSet Parse(JsonObject fields)
    {
        var set = new FieldSet();
        foreach (var (key, value) in fields)
        {
            if (key == ".") set.IsMember = true;
            else set.Add(key, value is JsonObject { Count: > 0 } child ? Parse(child) : Leaf());
        }

        return set;
    }

    public JsonObject ToJson()
    {
        var json = new JsonObject();
        if (children is not { Count: > 0 }) return json;
        if (IsMember) json["."] = new JsonObject();
        foreach (var key in children.Keys.Order(StringComparer.Ordinal)) json[key] = children[key].ToJson();
        return json;
    }

    public bool SetEquals(FieldSet other)
    {
        if (IsMember != other.IsMember || Children.Count != other.Children.Count) return false;
        foreach (var (key, child) in Children)
        {
            if (other.Find(key) is not { } match || !child.SetEquals(match)) return false;
        }

        return true;
    }

    /// <summary>Whether every member of the other set is one of this set.</summary>
    public bool Contains(FieldSet other)
    {
        if (other.IsMember && !IsMember) return false;
        foreach (var (key, child) in other.Children)
        {
            if (Find(key) is not { } mine || !mine.Contains(child)) return false;
        }

        return true;
    }

    /// <summary>The members of either set. The sets themselves stay as they are.</summary>
    public FieldSet Union(FieldSet other)
    {
        var union = new FieldSet { IsMember = IsMember || other.IsMember };
        foreach (var (key, child) in Children) union.Add(key, other.Find(key) is { } match ? child.Union(match) : child);
        foreach (var (key, child) in other.Children)
        {
            if (Find(key) is null) union.Add(key, child);
        }

        return union;
    }

    /// <summary>The members of this set that the other lacks.</summary>
    public FieldSet Except(FieldSet other)
    {
        var rest = new FieldSet { IsMember = IsMember && !other.IsMember };
        foreach (var (key, child) in Children) rest.Add(key, other.Find(key) is { } match ? child.Except(match) : child);
        return rest;
    }

    /// <summary>The common members; null when there are none.</summary>
    public FieldSet? Intersect(FieldSet other)
    {
        FieldSet? common = IsMember && other.IsMember ? Leaf() : null;
        if (children is null || other.children is null) return common;
        foreach (var (key, child) in children)
        {
            if (other.Find(key) is { } match && child.Intersect(match) is { } shared) (common ??= new FieldSet()).Add(key, shared);
        }

        return common;
    }

    /// <summary>The members as paths such as <c>.spec.ports[name="b"].port</c>, in order.</summary>
    public IEnumerable<string> Paths() => Paths("");

    private IEnumerable<string> Paths(string prefix)
    {
        if (IsMember) yield return prefix;
        foreach (var key in Children.Keys.Order(StringComparer.Ordinal))
        {
            foreach (var path in Children[key].Paths(prefix + Segment(key))) yield return path;
        }
    }

    private static string Segment(string key)
    {
        if (key.StartsWith("f:", StringComparison.Ordinal)) return "." + key[2..];
        if (!key.StartsWith("k:", StringComparison.Ordinal)) return $"[={key[2..]}]";
        var segment = new StringBuilder("[");
        foreach (var (name, value) in JsonNode.Parse(key[2..])!.AsObject())
        {
            if (segment.Length > 1) segment.Append(',');
            segment.Append(name).Append('=').Append(Schema.JsonFacts.Show(value));
        }

        return segment.Append(']').ToString();
    }
}
