namespace DoltDB.Operator.Sandbox.ApiServer.Schema;

/// <summary>A schema that cannot be served. <see cref="Field"/> is the place in the custom resource definition.</summary>
internal sealed class SchemaException : Exception
{
    public SchemaException(string field, string problem)
        : base($"{field}: {problem}") => (Field, Problem) = (field, problem);

    public string Field { get; }

    public string Problem { get; }
}
