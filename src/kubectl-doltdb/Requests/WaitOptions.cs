using System.CommandLine;
using System.CommandLine.Parsing;
using DoltDB.Operator.Api.Meta;

namespace DoltDB.Kubectl.Requests;

/// <summary>The options of commands that ask the operator for something: whether to wait for it, and how long.</summary>
/// <param name="Wait">Whether to wait.</param>
/// <param name="Timeout">How long.</param>
internal sealed record WaitOptions(Option<bool> Wait, Option<TimeSpan> Timeout)
{
    /// <summary>The options with the given default.</summary>
    public static WaitOptions Create(string timeout) => new(
        new("--wait") { Description = "Wait until it is done; --wait=false only asks.", DefaultValueFactory = _ => true },
        Duration("--timeout", timeout, "How long to wait."));

    /// <summary>How long to wait; null when not at all.</summary>
    public TimeSpan? Read(ParseResult result) => result.GetValue(Wait) ? result.GetValue(Timeout) : null;

    /// <summary>An option that takes a duration as Kubernetes writes it.</summary>
    public static Option<TimeSpan> Duration(string name, string value, string description) => new(name)
    {
        Description = description,
        CustomParser = result => Parse(result, name),
        DefaultValueFactory = _ => GoDuration.TryParse(value, out var duration) ? duration : default,
    };

    private static TimeSpan Parse(ArgumentResult result, string name)
    {
        var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (GoDuration.TryParse(text, out var duration) && duration > TimeSpan.Zero)
            return duration;
        result.AddError($"{name}: '{text}' is no duration; expected for example 30s or 1m30s");
        return default;
    }
}
