using DoltDB.Operator.Sandbox.ApiServer.Http;
using DoltDB.Operator.Sandbox.ApiServer.Resources;
using DoltDB.Operator.Sandbox.ApiServer.Store;

namespace DoltDB.Operator.Sandbox.ApiServer.Reads;

/// <summary>Which objects of a kind a request is about.</summary>
internal sealed record Selection(string? Namespace, string? Name, LabelSelector Labels, FieldSelector Fields)
{
    /// <summary>Whether anything but the namespace narrows it down.</summary>
    public bool IsFiltered => !Labels.IsEmpty || !Fields.IsEmpty;

    public static Selection Of(ApiRequest request, RequestPath path, ResourceType type)
    {
        var fields = FieldSelector.Parse(request.Query["fieldSelector"], type);
        var ns = type.Namespaced ? path.Namespace ?? fields.Namespace : null;
        return new Selection(ns, path.Name ?? fields.Name, LabelSelector.Parse(request.Query["labelSelector"]), fields);
    }

    public bool Matches(StoredObject stored) =>
        (Namespace is null || stored.Key.Namespace == Namespace)
        && (Name is null || stored.Key.Name == Name)
        && Labels.Matches(stored)
        && Fields.Matches(stored);
}
