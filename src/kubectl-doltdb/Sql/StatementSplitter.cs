using System.Text;

namespace DoltDB.Kubectl.Sql;

/// <summary>Cuts lines of text into statements at the semicolons that are in no string, quoted name or comment.</summary>
internal sealed class StatementSplitter
{
    private readonly StringBuilder pending = new();

    /// <summary>What the text is inside of: a quote character, <c>*</c> for a comment of several lines, or nothing.</summary>
    private char inside;

    /// <summary>Whether a statement has begun and not ended.</summary>
    public bool HasPending => inside != '\0' || !string.IsNullOrWhiteSpace(pending.ToString());

    /// <summary>The statements that end in this line.</summary>
    public IReadOnlyList<string> Add(string line)
    {
        var complete = new List<string>();
        for (var index = 0; index < line.Length; index++)
        {
            var (current, next) = (line[index], index + 1 < line.Length ? line[index + 1] : '\0');
            if (inside == '\0' && current == ';')
            {
                Take(complete);
                continue;
            }

            if (inside == '\0' && IsLineComment(current, next, index + 2 < line.Length ? line[index + 2] : ' '))
                break;
            pending.Append(current);
            if (EscapesNext(current, next))
            {
                pending.Append(next);
                index++;
            }
        }

        pending.Append('\n');
        return complete;
    }

    /// <summary>The statement that the text ends with although no semicolon does; null when there is none.</summary>
    public string? Finish()
    {
        var complete = new List<string>();
        Take(complete);
        inside = '\0';
        return complete is [var last] ? last : null;
    }

    /// <summary>Follows quotes and comments; true when the next character belongs to this one.</summary>
    private bool EscapesNext(char current, char next)
    {
        switch (inside)
        {
            case '\0' when current is '\'' or '"' or '`':
                inside = current;
                return false;
            case '\0' when current == '/' && next == '*':
                inside = '*';
                return true;
            case '*':
                if (current != '*' || next != '/')
                    return false;
                inside = '\0';
                return true;
            case '\0':
                return false;
            default:
                if (current == '\\' && inside != '`')
                    return next != '\0';
                if (current == inside)
                    inside = '\0';
                return false;
        }
    }

    /// <summary><c>#</c>, or two dashes before white space: <c>1--1</c> is a subtraction.</summary>
    private static bool IsLineComment(char current, char next, char afterNext) => current == '#' || (current == '-' && next == '-' && char.IsWhiteSpace(afterNext));

    private void Take(List<string> complete)
    {
        var statement = pending.ToString().Trim();
        pending.Clear();
        if (statement.Length > 0)
            complete.Add(statement);
    }
}
