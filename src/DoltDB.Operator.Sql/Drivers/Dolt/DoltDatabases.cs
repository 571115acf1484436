using DoltDB.Operator.Sql.Drivers.MySqlProtocol;

namespace DoltDB.Operator.Sql.Drivers.Dolt;

/// <summary>Databases, branches and ignore patterns of a Dolt server.</summary>
internal static class DoltDatabases
{
    private const string MainBranch = "main";

    public static async Task<DatabaseState?> ReadAsync(DriverSession session, string name)
    {
        var answer = await session.QueryAsync(DoltDatabaseStatements.Read(name));
        return answer.Rows.Where(row => string.Equals(row[0], name, StringComparison.OrdinalIgnoreCase)).Select(row => new DatabaseState(row[1], row[2])).FirstOrDefault();
    }

    public static async Task<bool> EnsureAsync(DriverSession session, DatabaseDefinition database, DatabaseDefinition? applied)
    {
        MySqlDialect.Dolt.Names.CheckDatabase(database.Name);
        DatabaseRules.CheckEncoding(database);
        DoltDatabaseRules.Check(database);
        var changed = await EnsureCreatedAsync(session, database);
        return await EnsureContentAsync(session, database, applied) || changed;
    }

    public static async Task DropAsync(DriverSession session, string name)
    {
        MySqlDialect.Dolt.Names.CheckDatabase(name);
        if (await ReadAsync(session, name) is null)
            return;
        try
        {
            await session.ExecuteLongAsync(DoltDatabaseStatements.Drop(name));
        }
        catch (DoltException)
        {
            if (await ReadAsync(session, name) is not null)
                throw;
        }
    }

    private static async Task<bool> EnsureCreatedAsync(DriverSession session, DatabaseDefinition database)
    {
        var state = await ReadAsync(session, database.Name);
        if (state is not null)
        {
            DatabaseRules.RequireEncoding(database, state, DatabaseRules.NormalizeMySql);
            return false;
        }

        try
        {
            await session.ExecuteLongAsync(DoltDatabaseStatements.Create(database));
        }
        catch (DoltException)
        {
            if (await ReadAsync(session, database.Name) is null)
                throw;
        }

        return true;
    }

    private static async Task<bool> EnsureContentAsync(DriverSession session, DatabaseDefinition database, DatabaseDefinition? applied)
    {
        var formerBranches = (applied?.Branches ?? []).Except(database.Branches, StringComparer.Ordinal).ToList();
        var formerPatterns = (applied?.IgnorePatterns ?? []).Except(database.IgnorePatterns, StringComparer.Ordinal).ToList();
        if (database.Branches.Count + database.IgnorePatterns.Count + formerBranches.Count + formerPatterns.Count == 0)
            return false;
        var content = await ReadContentAsync(session, database.Name);
        var patterns = new PatternChange(
            [.. database.IgnorePatterns.Where(pattern => !content.Patterns.Contains(pattern)).Distinct()],
            [.. formerPatterns.Where(content.Patterns.Contains)],
            content.HasUncommittedPatterns && database.IgnorePatterns.Count + formerPatterns.Count > 0);
        List<string> created = [.. database.Branches.Where(branch => !content.Branches.Contains(branch)).Distinct()];
        List<string> removed = [.. formerBranches.Where(branch => branch != MainBranch && content.Branches.Contains(branch))];
        if (patterns.IsEmpty && created.Count + removed.Count == 0)
            return false;
        await session.ExecuteAsync(DoltDatabaseStatements.Use(database.Name));
        try
        {
            // Patterns first, so that new branches begin with them.
            if (!patterns.IsEmpty)
                await ChangePatternsAsync(session, patterns, content.StagedTables);
            await ChangeBranchesAsync(session, database.Name, created, removed);
        }
        finally
        {
            await session.LeaveAsync(DoltDatabaseStatements.Leave);
        }

        return true;
    }

    private static async Task ChangePatternsAsync(DriverSession session, PatternChange change, IReadOnlyList<string> stagedTables)
    {
        // Dolt commits everything that is staged, and what others staged is theirs to commit.
        if (stagedTables.Count > 0)
            throw new DriverException(DriverError.Refused, $"the ignore patterns wait until what is staged is committed: {string.Join(", ", stagedTables)}");
        await session.ExecuteAsync(DoltDatabaseStatements.Begin);
        try
        {
            // A pattern to be added may be there as one that is not in force.
            List<string> replaced = [.. change.Removed, .. change.Added];
            if (replaced.Count > 0)
                await session.ExecuteAsync(DoltDatabaseStatements.RemovePatterns(replaced));
            if (change.Added.Count > 0)
                await session.ExecuteAsync(DoltDatabaseStatements.AddPatterns(change.Added));
            await session.ExecuteAsync(DoltDatabaseStatements.StageIgnorePatterns);
            await session.ExecuteAsync(DoltDatabaseStatements.CommitIgnorePatterns);
        }
        catch
        {
            await session.RollBackAsync();
            throw;
        }
    }

    private static async Task ChangeBranchesAsync(DriverSession session, string database, List<string> created, List<string> removed)
    {
        if (created.Count + removed.Count == 0)
            return;
        var active = (await session.QueryAsync(DoltDatabaseStatements.ReadActiveBranch)).Rows[0][0] ?? MainBranch;
        foreach (var branch in created)
            await ChangeBranchAsync(session, database, DoltDatabaseStatements.CreateBranch(branch, active), branches => branches.Contains(branch), refusal: null);
        foreach (var branch in removed.Where(branch => branch != active))
        {
            await ChangeBranchAsync(session, database, DoltDatabaseStatements.DeleteMergedBranch(branch), branches => !branches.Contains(branch),
                $"branch {branch} of database {database} was not deleted: it holds commits that {active} does not have, or it is in use. Merge it or delete it by hand");
        }
    }

    private static async Task ChangeBranchAsync(
        DriverSession session, string database, string statement, Func<IReadOnlySet<string>, bool> isDone, string? refusal)
    {
        try
        {
            await session.ExecuteAsync(statement);
        }
        catch (DoltException exception)
        {
            if (isDone((await ReadContentAsync(session, database)).Branches))
                return;
            if (refusal is null)
                throw;
            throw new DriverException(DriverError.Refused, refusal, exception);
        }
    }

    private static async Task<DoltDatabaseContent> ReadContentAsync(DriverSession session, string database) =>
        DoltDatabaseStatements.ParseContent(await session.QueryAsync(DoltDatabaseStatements.ReadContent(database)));

    private sealed record PatternChange(List<string> Added, List<string> Removed, bool Commits)
    {
        public bool IsEmpty => Added.Count + Removed.Count == 0 && !Commits;
    }
}
