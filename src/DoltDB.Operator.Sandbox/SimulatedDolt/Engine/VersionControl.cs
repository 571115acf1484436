using System.Collections.Immutable;
using DoltDB.Operator.Sandbox.SimulatedDolt.Accounts;
using DoltDB.Operator.Sandbox.SimulatedDolt.Storage;

namespace DoltDB.Operator.Sandbox.SimulatedDolt.Engine;

/// <summary>The procedures of version control: add, commit, branch, checkout, tag, reset.</summary>
internal sealed class VersionControl(StatementContext context)
{
    /// <exception cref="SqlError">Unknown procedure, or what it refuses.</exception>
    public StatementResult Run(string name, List<string> arguments)
    {
        if (name is not ("dolt_add" or "dolt_commit" or "dolt_branch" or "dolt_checkout" or "dolt_tag" or "dolt_reset"))
            throw SqlErrors.General($"stored procedure \"{name}\" does not exist");
        var (database, branch) = context.OpenCurrent();
        AccessControl.Require(context.Account, name == "dolt_checkout" ? Privilege.Select : Privilege.Execute, database.Name);
        if (name == "dolt_checkout" && arguments is [var target]) return CheckOut(database, target);
        if (!context.Engine.IsWritable) throw SqlErrors.ServerReadOnly();
        return name switch
        {
            "dolt_add" => Add(database, branch, arguments),
            "dolt_commit" => Commit(database, branch, arguments),
            "dolt_branch" => Branch(database, branch, arguments),
            "dolt_checkout" => CreateAndCheckOut(database, branch, arguments),
            "dolt_tag" => Tag(database, branch, arguments),
            _ => Reset(database, branch, arguments),
        };
    }

    private StatementResult Add(Database database, string branch, List<string> arguments)
    {
        var all = arguments.Any(a => a is "-A" or "-a" or "--all" or ".");
        var working = database.GetBranch(branch);
        foreach (var table in arguments.Where(a => !all && !working.Working.Tables.ContainsKey(a) && !working.Staged.Tables.ContainsKey(a)))
            throw SqlErrors.NoSuchTable(table);
        Apply(database, new Staged(branch, [.. arguments], all));
        return StatementResult.StatusZero;
    }

    private StatementResult Commit(Database database, string branch, List<string> arguments)
    {
        var options = CommitOptions.Parse(arguments);
        if (options.StageAll) Apply(database, new Staged(branch, [], All: true));
        var staged = context.Transaction.Find(database.Name)!.GetBranch(branch);
        var head = database.Commits[staged.Head];
        if (head.Root.Hash == staged.Staged.Hash && !options.AllowEmpty)
        {
            if (options.SkipEmpty) return StatementResult.StatusZero;
            throw SqlErrors.General("nothing to commit");
        }

        var (committer, email) = options.Author ?? (context.Account.Name.User, $"{context.Account.Name.User}@{context.Account.Name.Host}");
        Apply(database, new Committed(branch, committer, email, context.Now, options.Message ?? throw SqlErrors.General("Must provide commit message.")));
        var hash = context.Transaction.Find(database.Name)!.GetBranch(branch).Head;
        return StatementResult.Of(new ResultSet([new ResultColumn("hash", WireType.Blob)], [[hash]]));
    }

    private StatementResult Branch(Database database, string branch, List<string> arguments)
    {
        switch (arguments)
        {
            case ["-d" or "-D" or "--delete", var name]:
                if (name == branch) throw SqlErrors.General($"Cannot delete checked out branch '{name}'");
                if (!database.Branches.TryGetValue(name, out var doomed)) throw SqlErrors.General($"branch '{name}' not found");
                if (arguments[0] != "-D" && !Revisions.History(database, database.GetBranch(branch).Head).Any(commit => commit.Hash == doomed.Head))
                    throw SqlErrors.General("attempted to delete a branch that is not fully merged into its parent; use `-f` to force");
                Apply(database, new BranchRemoved(name));
                break;
            case ["-c" or "--copy", var source, var name]:
                CreateBranch(database, branch, name, source);
                break;
            case [var name]:
                CreateBranch(database, branch, name, "HEAD");
                break;
            case [var name, var start]:
                CreateBranch(database, branch, name, start);
                break;
            default:
                throw SqlErrors.General("error: invalid usage");
        }

        return StatementResult.StatusZero;
    }

    private void CreateBranch(Database database, string current, string name, string start)
    {
        if (name.Length == 0 || name[0] == '-') throw SqlErrors.General($"error: unknown option `{name.TrimStart('-')}`");
        if (database.Branches.ContainsKey(name)) throw SqlErrors.General($"fatal: A branch named '{name}' already exists.");
        Apply(database, new BranchSet(name, Revisions.Resolve(database, current, start).Hash));
    }

    private StatementResult CheckOut(Database database, string branch)
    {
        if (!database.Branches.ContainsKey(branch)) throw SqlErrors.General($"error: could not find {branch}");
        context.Session.CheckOut(database.Name, branch);
        return Switched(branch);
    }

    private StatementResult CreateAndCheckOut(Database database, string current, List<string> arguments)
    {
        if (arguments is not ["-b", var name, ..]) throw SqlErrors.General("Improper usage.");
        CreateBranch(database, current, name, arguments.ElementAtOrDefault(2) ?? "HEAD");
        context.Session.CheckOut(database.Name, name);
        return Switched(name);
    }

    private static StatementResult Switched(string branch) => StatementResult.Of(new ResultSet(
        [new ResultColumn("status", WireType.LongLong), new ResultColumn("message", WireType.Blob)], [[0L, $"Switched to branch '{branch}'"]]));

    private StatementResult Tag(Database database, string branch, List<string> arguments)
    {
        var change = arguments switch
        {
            ["-d", var name] => database.Tags.ContainsKey(name) ? new TagSet(name, "") : throw SqlErrors.General($"tag '{name}' not found"),
            [var name, ..] when database.Tags.ContainsKey(name) => throw SqlErrors.General($"fatal: tag '{name}' already exists"),
            [var name] => new TagSet(name, database.GetBranch(branch).Head),
            [var name, var revision] => new TagSet(name, Revisions.Resolve(database, branch, revision).Hash),
            _ => throw SqlErrors.General("error: invalid usage"),
        };
        Apply(database, change);
        return StatementResult.StatusZero;
    }

    private StatementResult Reset(Database database, string branch, List<string> arguments)
    {
        var hard = arguments.Contains("--hard");
        var revision = arguments.Find(a => a[0] != '-') ?? "HEAD";
        if (hard) Apply(database, new BranchSet(branch, Revisions.Resolve(database, branch, revision).Hash));
        else foreach (var table in database.GetBranch(branch).Staged.Tables.Keys) Unstage(database, branch, table);
        return StatementResult.StatusZero;
    }

    /// <summary>A soft reset keeps the working set: the head's value of the table is staged again.</summary>
    private void Unstage(Database database, string branch, string table)
    {
        var value = database.GetBranch(branch);
        var head = database.Commits[value.Head].Root;
        var working = value.Working.Tables.GetValueOrDefault(table);
        Apply(database, head.Tables.TryGetValue(table, out var committed) ? new TablePut(branch, committed) : new TableDropped(branch, table));
        Apply(database, new Staged(branch, [table], All: false));
        Apply(database, working is null ? new TableDropped(branch, table) : new TablePut(branch, working));
    }

    private void Apply(Database database, DatabaseChange change) => context.Transaction.Apply(database.Name, change);

    private sealed record CommitOptions(string? Message, bool AllowEmpty, bool SkipEmpty, bool StageAll, (string Name, string Email)? Author)
    {
        public static CommitOptions Parse(List<string> arguments)
        {
            var options = new CommitOptions(null, false, false, false, null);
            for (var i = 0; i < arguments.Count; i++)
            {
                options = arguments[i] switch
                {
                    "--allow-empty" => options with { AllowEmpty = true },
                    "--skip-empty" => options with { SkipEmpty = true },
                    "-a" or "-A" or "--all" or "--ALL" => options with { StageAll = true },
                    "-m" or "--message" => options with { Message = Value(arguments, ++i) },
                    "-am" or "-Am" => options with { StageAll = true, Message = Value(arguments, ++i) },
                    "--author" => options with { Author = Split(Value(arguments, ++i)) },
                    "--date" => options with { Message = options.Message ?? Skip(Value(arguments, ++i)) },
                    var unknown => throw SqlErrors.General($"error: unknown option `{unknown.TrimStart('-')}`"),
                };
            }

            return options;
        }

        private static string Value(List<string> arguments, int index) => index < arguments.Count ? arguments[index] : throw SqlErrors.General("error: option requires a value");

        private static string? Skip(string value) => value.Length > 0 ? null : throw SqlErrors.General("error: invalid date");

        private static (string Name, string Email) Split(string author)
        {
            var open = author.IndexOf('<', StringComparison.Ordinal);
            if (open < 0 || author[^1] != '>') throw SqlErrors.General("Author not formatted correctly. Use 'Name <author@example.com>' format");
            return (author[..open].Trim(), author[(open + 1)..^1]);
        }
    }
}
