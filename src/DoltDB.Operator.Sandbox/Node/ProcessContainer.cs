using System.Diagnostics;
using System.Runtime.InteropServices;

namespace DoltDB.Operator.Sandbox.Node;

/// <summary>A container that is a process of this machine.</summary>
internal sealed partial class ProcessContainer : IRunningContainer
{
    private const int Sigkill = 9;
    private const int Sigterm = 15;
    private const int Sigcont = 18;
    private const int Sigstop = 19;

    private readonly Process process;
    private int lastSignal;

    private ProcessContainer(Process process)
    {
        this.process = process;
        Exited = WaitAsync();
    }

    /// <inheritdoc/>
    public Task<int> Exited { get; }

    /// <summary>Starts the program in the directory, with nothing of this process's environment but PATH, HOME and the locale.</summary>
    /// <exception cref="ContainerStartException">The program cannot be started.</exception>
    public static ProcessContainer Start(IReadOnlyList<string> command, string directory, IReadOnlyDictionary<string, string> environment, Action<string> log)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            WorkingDirectory = directory,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var name in start.Environment.Keys.Where(name => name is not ("PATH" or "HOME" or "LANG")).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        try
        {
            var started = Process.Start(start) ?? throw new ContainerStartException("RunContainerError", $"{command[0]} did not start");
            started.StandardInput.Close();
            started.OutputDataReceived += (_, line) => Forward(line.Data, log);
            started.ErrorDataReceived += (_, line) => Forward(line.Data, log);
            started.BeginOutputReadLine();
            started.BeginErrorReadLine();
            return new ProcessContainer(started);
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new ContainerStartException("RunContainerError", $"{command[0]}: {exception.Message}");
        }
    }

    /// <inheritdoc/>
    public void Terminate() => Signal(Sigterm);

    /// <inheritdoc/>
    public void Kill() => Signal(Sigkill);

    /// <inheritdoc/>
    public void Freeze() => Signal(Sigstop);

    /// <inheritdoc/>
    public void Thaw() => Signal(Sigcont);

    private static void Forward(string? line, Action<string> log)
    {
        if (line is not null)
            log(line);
    }

    private void Signal(int signal)
    {
        if (signal is Sigterm or Sigkill)
            lastSignal = signal;
        // A process that is gone already needs no signal: the result does not matter.
        if (!Exited.IsCompleted)
            _ = SendSignal(process.Id, signal);
    }

    private async Task<int> WaitAsync()
    {
        await process.WaitForExitAsync();
        var code = process.ExitCode;
        process.Dispose();
        return code == 0 || lastSignal == 0 ? code : 128 + lastSignal;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SendSignal(int process, int signal);
}
