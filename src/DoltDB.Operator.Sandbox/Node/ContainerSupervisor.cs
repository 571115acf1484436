using DoltDB.Operator.Kubernetes.Objects;

namespace DoltDB.Operator.Sandbox.Node;

/// <summary>Runs one container of a pod through its starts, crashes and restarts, and knows its status.</summary>
internal sealed class ContainerSupervisor
{
    private static readonly TimeSpan ConfigurationRetry = TimeSpan.FromSeconds(1);

    private readonly Container container;
    private readonly Func<ContainerLaunch> prepare;
    private readonly IContainerRuntime runtime;
    private readonly ProbeRunner probes;
    private readonly string restartPolicy;
    private readonly TimeProvider time;
    private readonly Action changed;
    private readonly CancellationTokenSource stopping = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ContainerLaunch? launch;
    private int begun;

    public ContainerSupervisor(
        Container container, int restarts, string restartPolicy, Func<ContainerLaunch> prepare, IContainerRuntime runtime, TimeProvider time, Action changed)
    {
        this.container = container;
        this.prepare = prepare;
        this.runtime = runtime;
        this.restartPolicy = restartPolicy;
        this.time = time;
        this.changed = changed;
        probes = new ProbeRunner(container, time);
        Status = new ContainerStatus
        {
            Name = container.Name,
            Image = container.Image,
            ImageID = "",
            Ready = false,
            Started = false,
            RestartCount = restarts,
            State = new ContainerState { Waiting = new ContainerStateWaiting { Reason = "ContainerCreating" } },
        };
    }

    /// <summary>Status as the pod shows it.</summary>
    public ContainerStatus Status { get; private set; }

    /// <summary>The container that runs now, for faults; null between starts.</summary>
    public IRunningContainer? Running { get; private set; }

    /// <summary>Runs until the container has ended for good: it succeeded or failed and its policy starts it no more, or it was stopped.</summary>
    public async Task RunAsync()
    {
        if (Interlocked.Exchange(ref begun, 1) != 0)
            return;
        var backOff = TimeSpan.Zero;
        try
        {
            for (var starts = 0; !stopping.IsCancellationRequested; starts++)
            {
                if (!await TryStartAsync())
                    continue;

                // Whoever stopped it while it started found nothing to kill.
                if (stopping.IsCancellationRequested)
                    Running!.Kill();
                var began = time.GetTimestamp();
                var exitCode = await WatchAsync(Running!);
                Running = null;
                SetTerminated(exitCode, time.GetUtcNow() - time.GetElapsedTime(began));
                if (stopping.IsCancellationRequested || !Restarts(exitCode))
                    return;
                backOff = RestartBackOff.Kubelet.Next(backOff, time.GetElapsedTime(began), starts == 0);
                await WaitForRestartAsync(backOff);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stopped between starts: there is nothing to end.
        }
        finally
        {
            ended.TrySetResult();
        }
    }

    /// <summary>Ends the container: preStop hook, SIGTERM, and SIGKILL when the grace period is over.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        using var deadline = new CancellationTokenSource(grace, time);
        if (Running is { } running && launch is { } current)
        {
            await PreStopAsync(current, deadline.Token);
            await stopping.CancelAsync();
            running.Terminate();
            using var kill = deadline.Token.UnsafeRegister(static container => ((IRunningContainer)container!).Kill(), running);
            await ended.Task;
        }
        else
        {
            await KillAsync();
        }
    }

    /// <summary>Ends the container at once.</summary>
    public async Task KillAsync()
    {
        await stopping.CancelAsync();
        // A container that never began never ends by itself.
        if (Interlocked.Exchange(ref begun, 1) == 0)
            ended.TrySetResult();
        Running?.Kill();
        await ended.Task;
    }

    private async Task<bool> TryStartAsync()
    {
        try
        {
            launch = prepare();
            Running = await runtime.StartAsync(launch, stopping.Token);
            Set(Status with
            {
                State = new ContainerState { Running = new ContainerStateRunning { StartedAt = time.GetUtcNow() } },
                ContainerID = $"sandbox://{Guid.NewGuid():N}",
                Started = container.StartupProbe is null,
                Ready = container.StartupProbe is null && container.ReadinessProbe is null,
            });
            return true;
        }
        catch (ContainerStartException exception)
        {
            Set(Status with { State = new ContainerState { Waiting = new ContainerStateWaiting { Reason = exception.Reason, Message = exception.Message } } });
            await Task.Delay(ConfigurationRetry, time, stopping.Token);
            return false;
        }
    }

    private async Task<int> WatchAsync(IRunningContainer running)
    {
        using var probing = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        var probeTask = probes.RunAsync(launch!, running, OnProbe, probing.Token);
        var exitCode = await running.Exited;
        await probing.CancelAsync();
        await probeTask;
        return exitCode;
    }

    private void OnProbe(ProbeVerdict verdict)
    {
        if (!verdict.Alive && Running is { } running)
        {
            running.Kill();
            return;
        }

        if (Status.State?.Running is not null && (Status.Ready != verdict.Ready || Status.Started != verdict.Started))
            Set(Status with { Ready = verdict.Ready, Started = verdict.Started });
    }

    private async Task PreStopAsync(ContainerLaunch current, CancellationToken deadline)
    {
        try
        {
            if (container.Lifecycle?.PreStop?.Exec?.Command is { Count: > 0 } command)
                await CommandRunner.RunAsync(command, current, deadline);
            else if (container.Lifecycle?.PreStop?.Sleep is { } sleep && sleep.TryGetProperty("seconds", out var seconds))
                await Task.Delay(TimeSpan.FromSeconds(seconds.GetInt64()), time, deadline);
        }
        catch (OperationCanceledException)
        {
            // The hook used the grace period up: the container gets no more of it.
        }
    }

    private async Task WaitForRestartAsync(TimeSpan wait)
    {
        var terminated = Status.State;
        Set(Status with
        {
            LastState = terminated,
            RestartCount = Status.RestartCount + 1,
            State = new ContainerState
            {
                Waiting = wait <= TimeSpan.Zero
                    ? new ContainerStateWaiting { Reason = "ContainerCreating" }
                    : new ContainerStateWaiting { Reason = "CrashLoopBackOff", Message = $"back-off {wait.TotalSeconds:0}s restarting failed container={container.Name}" },
            },
        });
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, time, stopping.Token);
    }

    private bool Restarts(int exitCode) => restartPolicy switch
    {
        "Always" => true,
        "OnFailure" => exitCode != 0,
        _ => false,
    };

    private void SetTerminated(int exitCode, DateTimeOffset startedAt) => Set(Status with
    {
        Ready = false,
        Started = false,
        State = new ContainerState
        {
            Terminated = new ContainerStateTerminated
            {
                ExitCode = exitCode,
                Reason = exitCode == 0 ? "Completed" : "Error",
                Message = TerminationMessages.Read(launch!.TerminationMessageFile, container, exitCode, launch.ReadLog()),
                StartedAt = startedAt,
                FinishedAt = time.GetUtcNow(),
            },
        },
    });

    private void Set(ContainerStatus status)
    {
        Status = status;
        changed();
    }
}
