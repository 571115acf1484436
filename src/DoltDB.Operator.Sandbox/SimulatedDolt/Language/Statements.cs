using System.Collections.Immutable;
using DoltDB.Operator.Sandbox.SimulatedDolt.Accounts;
using DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Language;

internal abstract record Statement;

internal sealed record Select(SelectQuery Query) : Statement;

internal sealed record Insert : Statement
{
    public required TableName Table { get; init; }

    public ImmutableArray<string> Columns { get; init; } = [];

    /// <summary>A null entry is the keyword DEFAULT.</summary>
    public ImmutableArray<ImmutableArray<Expr?>> Rows { get; init; } = [];

    public SelectQuery? Query { get; init; }

    public ImmutableArray<Assignment> OnDuplicate { get; init; } = [];

    public bool Replace { get; init; }

    public bool Ignore { get; init; }
}

internal sealed record Assignment(string Column, Expr Value);

internal sealed record Update(
    TableName Table, string Alias, ImmutableArray<Assignment> Set, Expr? Where, ImmutableArray<OrderItem> OrderBy, Expr? Limit) : Statement;

internal sealed record Delete(TableName Table, Expr? Where, ImmutableArray<OrderItem> OrderBy, Expr? Limit) : Statement;

internal sealed record Truncate(TableName Table) : Statement;

internal sealed record CreateDatabase(string Name, bool IfNotExists, string? Charset, string? Collation) : Statement;

internal sealed record DropDatabase(string Name, bool IfExists) : Statement;

internal sealed record CreateTable(TableName Table, bool IfNotExists, TableSchema? Schema, SelectQuery? Query, TableName? Like) : Statement;

internal sealed record DropTable(ImmutableArray<TableName> Tables, bool IfExists) : Statement;

internal abstract record AlterAction;

internal sealed record AddColumn(Column Column, string? After, bool First) : AlterAction;

internal sealed record DropColumn(string Name) : AlterAction;

internal sealed record ChangeColumn(string Name, Column Column) : AlterAction;

internal sealed record RenameTable(string NewName) : AlterAction;

/// <summary>A secondary index: accepted, and kept only when it is unique.</summary>
internal sealed record AddIndex(ImmutableArray<string> Columns, bool Unique) : AlterAction;

internal sealed record AlterTable(TableName Table, ImmutableArray<AlterAction> Actions) : Statement;

/// <summary>An account in CREATE USER or ALTER USER with how it identifies itself.</summary>
internal sealed record UserDefinition(AccountName Name, string? Plugin, string? Password, string? Hash);

internal sealed record CreateUser(ImmutableArray<UserDefinition> Users, bool IfNotExists, string SslType) : Statement;

internal sealed record AlterUser(ImmutableArray<UserDefinition> Users, bool IfExists) : Statement;

internal sealed record DropUser(ImmutableArray<AccountName> Users, bool IfExists) : Statement;

/// <summary>Where a grant applies: null database means all, null table means all of its tables.</summary>
internal sealed record GrantLevel(string? Database, string? Table);

internal sealed record Grant(Privilege Privileges, bool All, GrantLevel Level, ImmutableArray<AccountName> Users, bool WithGrantOption) : Statement;

internal sealed record Revoke(Privilege Privileges, bool All, GrantLevel Level, ImmutableArray<AccountName> Users) : Statement;

internal enum ShowKind
{
    Databases,
    Tables,
    Columns,
    CreateTable,
    CreateDatabase,
    Variables,
    Status,
    Warnings,
    Errors,
    Grants,
    ProcessList,
    Engines,
    Collation,
    CharacterSet,
    Index,
    TableStatus,
    Empty,
}

internal sealed record Show(ShowKind Kind) : Statement
{
    public string? Database { get; init; }

    public TableName? Table { get; init; }

    public AccountName? User { get; init; }

    public string? Pattern { get; init; }

    public Expr? Where { get; init; }

    public bool Full { get; init; }
}

internal sealed record Use(string Database) : Statement;

internal sealed record Begin : Statement;

internal sealed record Commit : Statement;

internal sealed record Rollback : Statement;

internal sealed record SetVariables(ImmutableArray<VariableAssignment> Assignments) : Statement;

/// <summary>Scope is <c>global</c>, <c>session</c>, <c>persist</c>, or <c>@</c> for a user variable.</summary>
internal sealed record VariableAssignment(string Scope, string Name, Expr? Value);

internal sealed record CallProcedure(string Name, ImmutableArray<Expr> Arguments) : Statement;

internal sealed record Flush(string What) : Statement;

/// <summary>A statement that is accepted and does nothing here, such as SET NAMES or LOCK TABLES.</summary>
internal sealed record Ignored : Statement;
