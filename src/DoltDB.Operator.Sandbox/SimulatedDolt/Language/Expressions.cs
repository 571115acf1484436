using System.Collections.Immutable;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Language;

/// <summary>An expression as parsed. <see cref="Text"/> is how it was written: the column name of a result without an alias.</summary>
internal abstract record Expr
{
    public string Text { get; init; } = "";
}

internal sealed record Literal(object? Value) : Expr;

internal sealed record ColumnRef(string? Table, string Name) : Expr;

/// <summary><c>@@[scope.]name</c>.</summary>
internal sealed record SystemVariable(string? Scope, string Name) : Expr
{
    public override string ToString() => Scope is null ? $"@@{Name}" : $"@@{Scope}.{Name}";
}

/// <summary><c>@name</c>.</summary>
internal sealed record UserVariable(string Name) : Expr;

internal sealed record Unary(string Operator, Expr Operand) : Expr;

internal sealed record Binary(string Operator, Expr Left, Expr Right) : Expr;

internal sealed record InList(Expr Operand, ImmutableArray<Expr> Items, bool Negated) : Expr;

internal sealed record InQuery(Expr Operand, SelectQuery Query, bool Negated) : Expr;

internal sealed record Between(Expr Operand, Expr Low, Expr High, bool Negated) : Expr;

internal sealed record Like(Expr Operand, Expr Pattern, bool Negated) : Expr;

internal sealed record IsNull(Expr Operand, bool Negated) : Expr;

internal sealed record CaseWhen(Expr? Subject, ImmutableArray<(Expr When, Expr Then)> Arms, Expr? Else) : Expr;

internal sealed record Call(string Name, ImmutableArray<Expr> Arguments, bool Distinct = false, bool Star = false) : Expr
{
    public bool IsAggregate => Name is "count" or "sum" or "min" or "max" or "avg" or "group_concat";
}

internal sealed record Cast(Expr Operand, string TargetType) : Expr;

internal sealed record ScalarQuery(SelectQuery Query) : Expr;

internal sealed record ExistsQuery(SelectQuery Query) : Expr;

/// <summary>A table by name, its database when given.</summary>
internal sealed record TableName(string? Database, string Name);

internal sealed record SelectItem(Expr? Expression, string? Alias, string? StarOf);

internal abstract record TableSource(string Alias);

internal sealed record NamedSource(TableName Table, string Alias, Expr? AsOf) : TableSource(Alias);

internal sealed record QuerySource(SelectQuery Query, string Alias) : TableSource(Alias);

internal sealed record Join(TableSource Source, Expr? On, bool Left);

internal sealed record OrderItem(Expr Expression, bool Descending);

internal sealed record SelectQuery
{
    public required ImmutableArray<SelectItem> Items { get; init; }

    public bool Distinct { get; init; }

    /// <summary>The first entry has no condition; null without FROM.</summary>
    public ImmutableArray<Join> From { get; init; } = [];

    public Expr? Where { get; init; }

    public ImmutableArray<Expr> GroupBy { get; init; } = [];

    public Expr? Having { get; init; }

    public ImmutableArray<OrderItem> OrderBy { get; init; } = [];

    public Expr? Limit { get; init; }

    public Expr? Offset { get; init; }

    /// <summary>Further queries whose rows follow these (UNION), and whether duplicates stay.</summary>
    public ImmutableArray<(SelectQuery Query, bool All)> Unions { get; init; } = [];
}
