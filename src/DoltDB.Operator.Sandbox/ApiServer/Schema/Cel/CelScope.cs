namespace DoltDB.Operator.Sandbox.ApiServer.Schema.Cel;

/// <summary>The variables in sight: a chain from the innermost macro to self and oldSelf.</summary>
internal sealed class CelScope(string name, object? value, CelScope? outer)
{
    public object? Value { get; set; } = value;

    public object? Find(string wanted)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope.Name == wanted) return scope.Value;
        }

        return new CelError($"undeclared reference to '{wanted}'");
    }

    private string Name => name;

    private CelScope? Outer => outer;
}
