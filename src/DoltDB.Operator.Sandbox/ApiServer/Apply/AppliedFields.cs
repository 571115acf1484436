using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Schema;

namespace DoltDB.Operator.Sandbox.ApiServer.Apply;

/// <summary>The fields that an applied configuration names.</summary>
internal static class AppliedFields
{
    /// <exception cref="TypedPatchException">The configuration does not fit the schema.</exception>
    public static FieldSet Of(JsonObject applied, ObjectSchema schema)
    {
        var fits = true;
        var fields = OfObject(applied, schema.Root, ref fits);
        if (!fits) throw new TypedPatchException(TypedCheck.Message(applied, schema));
        return fields;
    }

    /// <summary>The schema of a field for the purpose of merging; null when the field is not declared.</summary>
    public static SchemaNode? Child(SchemaNode schema, string name) =>
        schema.Child(name) ?? (schema.PreservesUnknown || schema.EmbeddedResource ? SchemaNode.Permissive : null);

    /// <summary>Whether an object of the schema is merged field by field.</summary>
    public static bool IsGranular(SchemaNode schema) => !schema.AtomicMap;

    private static FieldSet OfValue(JsonNode? value, SchemaNode schema, ref bool fits)
    {
        fits &= TypedCheck.Fits(value, schema);
        return value switch
        {
            JsonObject fields when IsGranular(schema) => OfObject(fields, schema, ref fits),
            JsonArray items when schema.List != ListKind.Atomic => OfList(items, schema, ref fits),
            _ => FieldSet.Leaf(),
        };
    }

    private static FieldSet OfObject(JsonObject fields, SchemaNode schema, ref bool fits)
    {
        var set = new FieldSet { IsMember = fields.Count == 0 };
        foreach (var (name, value) in fields)
        {
            var property = schema.Property(name);
            var child = property?.Node ?? Child(schema, name);
            if (child is null) fits = false;
            else set.Add(property?.PathKey ?? "f:" + name, OfValue(value, child, ref fits));
        }

        return set;
    }

    private static FieldSet OfList(JsonArray items, SchemaNode schema, ref bool fits)
    {
        var set = new FieldSet();
        foreach (var item in items)
        {
            if (ListItems.PathKey(schema, item) is not { } key || set.Find(key) is not null)
            {
                fits = false;
                continue;
            }

            var fields = schema.List == ListKind.Set || schema.Items is null ? FieldSet.Leaf() : OfValue(item, schema.Items, ref fits);
            fields.IsMember = true;
            set.Add(key, fields);
        }

        return set;
    }
}
