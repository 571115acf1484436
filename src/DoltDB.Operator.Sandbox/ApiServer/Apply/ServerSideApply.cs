using System.Text.Json.Nodes;
using DoltDB.Operator.Sandbox.ApiServer.Schema;

namespace DoltDB.Operator.Sandbox.ApiServer.Apply;

/// <summary>Who applies, and how.</summary>
internal sealed record ApplyRequest
{
    public required string Manager { get; init; }

    /// <summary>Take fields away from other managers instead of reporting a conflict.</summary>
    public bool Force { get; init; }

    /// <summary>The subresource applied to; null for the object itself.</summary>
    public string? Subresource { get; init; }

    public required DateTimeOffset Now { get; init; }
}

/// <summary>Server-side apply: merges a configuration into the stored object and keeps the books on who owns which field.</summary>
internal static class ServerSideApply
{
    private const string BeforeFirstApply = "before-first-apply";

    /// <summary>
    /// The object after the apply, with its managedFields, before defaults: the caller fills those in and stores the result if it differs.
    /// </summary>
    /// <param name="live">The stored object, not changed; null when there is none.</param>
    /// <param name="applied">The configuration, not changed.</param>
    /// <param name="schema">Schema of the kind.</param>
    /// <param name="request">Who applies, and how.</param>
    /// <exception cref="ApplyConflictException">Others own fields with other values and force was not asked for.</exception>
    /// <exception cref="TypedPatchException">The configuration does not fit the schema.</exception>
    public static JsonObject Apply(JsonObject? live, JsonObject applied, ObjectSchema schema, ApplyRequest request)
    {
        var now = AppliedFields.Of(applied, schema);
        FieldScope.Restrict(now, schema.HasStatusSubresource, request.Subresource);
        var owners = live is null ? [] : Owners(live, schema, request);
        var self = owners.FindIndex(o => o.Is(request.Manager, FieldOwner.Apply, request.Subresource));

        var merged = live?.DeepClone().AsObject() ?? [];
        AppliedMerge.Merge(merged, Relevant(applied, schema, request.Subresource), schema.Root);
        if (self >= 0 && !now.Contains(owners[self].Fields))
        {
            AppliedMerge.RemoveAbandoned(merged, schema.Root, owners[self].Fields, now, Others(owners, self));
        }

        Settle(live, merged, owners, self, schema, request);
        Record(owners, self, now, schema.ApiVersion, request);
        ManagedFields.Write(merged, owners);
        return merged;
    }

    private static List<FieldOwner> Owners(JsonObject live, ObjectSchema schema, ApplyRequest request)
    {
        var owners = ManagedFields.Read(live);
        if (owners.Count > 0) return owners;
        var fields = FieldDelta.Between(schema.ZeroValue, live, schema.Root).Changed ?? new FieldSet();
        FieldScope.Restrict(fields, schema.HasStatusSubresource, null);
        if (!fields.IsEmpty)
        {
            owners.Add(new FieldOwner(BeforeFirstApply, FieldOwner.Update, schema.ApiVersion, null, FieldOwner.Timestamp(request.Now), fields));
        }

        return owners;
    }

    /// <summary>The part of the configuration that the endpoint considers, beside the identity of the object.</summary>
    private static JsonObject Relevant(JsonObject applied, ObjectSchema schema, string? subresource)
    {
        var isStatus = subresource == "status";
        if (!isStatus && (!schema.HasStatusSubresource || !applied.ContainsKey("status"))) return WithoutManagedFields(applied);
        var relevant = new JsonObject();
        foreach (var (name, value) in applied)
        {
            if (name == "status" == isStatus) relevant[name] = value?.DeepClone();
        }

        return WithoutManagedFields(relevant);
    }

    private static JsonObject WithoutManagedFields(JsonObject applied)
    {
        if ((applied["metadata"] as JsonObject)?.ContainsKey("managedFields") != true) return applied;
        var copy = applied.DeepClone().AsObject();
        copy["metadata"]!.AsObject().Remove("managedFields");
        return copy;
    }

    private static FieldSet? Others(List<FieldOwner> owners, int self)
    {
        FieldSet? union = null;
        for (var i = 0; i < owners.Count; i++)
        {
            if (i != self) union = union?.Union(owners[i].Fields) ?? owners[i].Fields;
        }

        return union;
    }

    /// <summary>Finds conflicts, or with force takes the fields; fields that are gone have no owner.</summary>
    private static void Settle(JsonObject? live, JsonObject merged, List<FieldOwner> owners, int self, ObjectSchema schema, ApplyRequest request)
    {
        if (live is null) return;
        var delta = FieldDelta.Between(live, merged, schema.Root);
        if (delta.Changed is { } changed)
        {
            if (request.Force) ManagedFields.Drop(owners, changed, self);
            else ThrowOnConflict(owners, self, changed);
        }

        if (delta.Removed is { } removed) ManagedFields.Drop(owners, removed);
    }

    private static void ThrowOnConflict(List<FieldOwner> owners, int self, FieldSet changed)
    {
        List<ApplyConflict>? conflicts = null;
        for (var i = 0; i < owners.Count; i++)
        {
            if (i == self || owners[i].Fields.Intersect(changed) is not { } common) continue;
            foreach (var path in common.Paths()) (conflicts ??= []).Add(new ApplyConflict(owners[i].Describe(), path));
        }

        if (conflicts is null) return;
        conflicts.Sort((a, b) => string.CompareOrdinal(a.Owner, b.Owner) is var order and not 0 ? order : string.CompareOrdinal(a.Field, b.Field));
        throw new ApplyConflictException(conflicts);
    }

    private static void Record(List<FieldOwner> owners, int self, FieldSet now, string apiVersion, ApplyRequest request)
    {
        var entry = new FieldOwner(request.Manager, FieldOwner.Apply, apiVersion, request.Subresource, FieldOwner.Timestamp(request.Now), now);
        if (self < 0) owners.Add(entry);
        else if (!owners[self].Fields.SetEquals(now) || owners[self].ApiVersion != apiVersion) owners[self] = entry;
    }
}
