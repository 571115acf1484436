using System.Diagnostics;

namespace DoltDB.Operator.Scenarios.Support;

/// <summary>What a kubectl printed and ended with.</summary>
internal sealed record KubectlResult(int ExitCode, string Output, string Errors);

/// <summary>kubectl as a child process, with the kubeconfig of this process's environment.</summary>
internal static class Kubectl
{
    /// <summary>Starts it with all three streams redirected.</summary>
    public static Process Start(params IEnumerable<string> arguments) =>
        Process.Start(new ProcessStartInfo("kubectl", arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    /// <summary>Runs it to its end.</summary>
    public static async Task<KubectlResult> RunAsync(string input, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken);
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancellationToken);
        return new KubectlResult(process.ExitCode, await output, await errors);
    }
}
