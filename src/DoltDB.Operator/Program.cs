using System.CommandLine;
using DoltDB.Operator.Commands;
using DoltDB.Operator.Hosting;
using DoltDB.Operator.Sandboxes;

var root = new RootCommand(
    "Runs DoltDB (a MySQL-compatible database with branches, diffs and merges) on Kubernetes: clusters, replication, safe failover.")
{
    RunCommand.Create(OperatorProcess.RunAsync),
    SandboxCommand.Create(SandboxProcess.RunAsync),
    CrdsCommand.Create(),
    VersionCommand.Create(),
};

// Passes in hand may take their time to end; Kubernetes kills after terminationGracePeriodSeconds anyway.
var invocation = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) };
return await root.Parse(args).InvokeAsync(invocation);
