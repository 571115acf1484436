namespace DoltDB.Operator.Kubernetes.Controllers;

/// <summary>Runs a set of controllers together, as one process does while it leads.</summary>
public sealed class ControllerManager(IReadOnlyList<IController> controllers)
{
    /// <summary>
    /// Runs all controllers until <paramref name="stopping"/>, then lets them finish the passes in hand; <paramref name="abort"/> (leadership
    /// was lost) cancels those too. A controller that ends on its own stops the others and throws.
    /// </summary>
    public async Task RunAsync(CancellationToken stopping, CancellationToken abort)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var running = controllers.Select(controller => Task.Run(() => controller.RunAsync(stop.Token, abort), CancellationToken.None)).ToList();
        if (running.Count == 0)
            return;
        var first = await Task.WhenAny(running);
        var expected = stopping.IsCancellationRequested || abort.IsCancellationRequested;
        await stop.CancelAsync();
        await Task.WhenAll(running);
        if (!expected)
            throw new InvalidOperationException($"controller {controllers[running.IndexOf(first)].Name} ended");
    }
}
