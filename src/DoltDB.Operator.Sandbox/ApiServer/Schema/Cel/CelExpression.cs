namespace DoltDB.Operator.Sandbox.ApiServer.Schema.Cel;

/// <summary>A parsed expression of the Common Expression Language.</summary>
internal abstract record CelExpression;

/// <summary>A number, text, truth value or null.</summary>
internal sealed record CelLiteral(object? Value) : CelExpression;

internal sealed record CelIdentifier(string Name) : CelExpression;

/// <summary><c>target.field</c>, or <c>target.?field</c> when optional.</summary>
internal sealed record CelSelect(CelExpression Target, string Field, bool Optional) : CelExpression;

/// <summary><c>has(target.field)</c>.</summary>
internal sealed record CelHas(CelExpression Target, string Field) : CelExpression;

/// <summary><c>target[index]</c>, or <c>target[?index]</c> when optional.</summary>
internal sealed record CelIndex(CelExpression Target, CelExpression Index, bool Optional) : CelExpression;

/// <summary>A function, method or operator; operators go by their symbol.</summary>
internal sealed record CelCall(string Name, CelExpression? Target, IReadOnlyList<CelExpression> Arguments) : CelExpression;

internal sealed record CelLogic(bool IsAnd, CelExpression Left, CelExpression Right) : CelExpression;

internal sealed record CelConditional(CelExpression Condition, CelExpression Then, CelExpression Else) : CelExpression;

internal sealed record CelListLiteral(IReadOnlyList<CelExpression> Items) : CelExpression;

internal sealed record CelMapLiteral(IReadOnlyList<(CelExpression Key, CelExpression Value)> Entries) : CelExpression;

/// <summary>A macro over a list or the keys of a map: all, exists, exists_one, map, filter, optMap.</summary>
internal sealed record CelMacro(string Name, CelExpression Target, string Variable, CelExpression Body, CelExpression? Filter) : CelExpression;

/// <summary>An expression that cannot be parsed or that names something unknown.</summary>
internal sealed class CelSyntaxException(string message) : Exception(message);
