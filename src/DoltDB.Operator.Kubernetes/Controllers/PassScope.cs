using System.Collections;
using DoltDB.Operator.Api.Meta;

namespace DoltDB.Operator.Kubernetes.Controllers;

/// <summary>The logging scope of one pass: which object, which incarnation, which pass.</summary>
internal sealed class PassScope(NamespacedName key, string? uid, long pass) : IReadOnlyList<KeyValuePair<string, object?>>
{
    /// <inheritdoc/>
    public int Count => 4;

    /// <inheritdoc/>
    public KeyValuePair<string, object?> this[int index] => index switch
    {
        0 => new("namespace", key.Namespace),
        1 => new("name", key.Name),
        2 => new("uid", uid),
        3 => new("pass", pass),
        _ => throw new ArgumentOutOfRangeException(nameof(index)),
    };

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
            yield return this[i];
    }

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public override string ToString() => $"{key} uid={uid} pass={pass}";
}
