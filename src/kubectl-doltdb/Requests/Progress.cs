namespace DoltDB.Kubectl.Requests;

/// <summary>How far something is that was asked for.</summary>
internal abstract record Progress
{
    private Progress()
    {
    }

    /// <summary>Not done yet.</summary>
    /// <param name="State">What is being waited for.</param>
    public sealed record Pending(string State) : Progress;

    /// <summary>Done.</summary>
    /// <param name="Result">What became of it.</param>
    public sealed record Done(string Result) : Progress;

    /// <summary>It will not be done.</summary>
    /// <param name="Because">Why, and what to do.</param>
    public sealed record Refused(string Because) : Progress;
}
