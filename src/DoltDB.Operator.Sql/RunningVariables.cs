using System.Globalization;

namespace DoltDB.Operator.Sql;

/// <summary>What a running server has of the variables that can be set without a restart.</summary>
/// <param name="AckWritesTimeout">Seconds that a write waits for the standbys; null without a cluster configuration.</param>
/// <param name="LogLevel">Least level that it logs, in Dolt's words; null when it does not know the variable.</param>
public sealed record RunningVariables(int? AckWritesTimeout, string? LogLevel)
{
    /// <summary>The value as text; null when it is not known.</summary>
    public string? Of(DoltVariable variable) => variable switch
    {
        DoltVariable.AckWritesTimeout => AckWritesTimeout?.ToString(CultureInfo.InvariantCulture),
        DoltVariable.LogLevel => LogLevel,
        _ => throw new ArgumentOutOfRangeException(nameof(variable), variable, "unknown variable"),
    };
}
