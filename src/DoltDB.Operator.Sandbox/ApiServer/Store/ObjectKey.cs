namespace DoltDB.Operator.Sandbox.ApiServer.Store;

/// <summary>Where the store keeps one object.</summary>
/// <param name="Resource">Storage name of the kind: <c>group/plural</c>, for core <c>/plural</c>.</param>
/// <param name="Namespace">Namespace; empty for cluster-scoped kinds.</param>
/// <param name="Name">Object name.</param>
public readonly record struct ObjectKey(string Resource, string Namespace, string Name);
